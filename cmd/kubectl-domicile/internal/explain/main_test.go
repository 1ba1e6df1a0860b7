package explain_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// root is the root of the repository, from this folder.
var root = filepath.Join("..", "..", "..", "..")

// The API server of this package's tests.
var (
	environment *envtest.Environment
	client      dynamic.Interface
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	environment = &envtest.Environment{BinaryAssetsDirectory: os.Getenv("KUBEBUILDER_ASSETS")}
	if environment.BinaryAssetsDirectory == "" {
		environment.BinaryAssetsDirectory, err = filepath.Abs(filepath.Join(root, "bin", "envtest"))
		if err != nil {
			return 1, err
		}
	}
	config, err := environment.Start()
	if err != nil {
		return 1, fmt.Errorf("start the API server (make controlplane builds it): %w", err)
	}
	defer func() { err = errors.Join(err, environment.Stop()) }()
	if client, err = dynamic.NewForConfig(config); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// kubeconfig writes the kubeconfig of a new user with these verbs on these
// resources of Domicile.
func kubeconfig(t *testing.T, user string, rules ...rbacv1.PolicyRule) string {
	t.Helper()
	ctx := context.Background()
	clients := kubernetes.NewForConfigOrDie(environment.Config)
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: user}, Rules: rules}
	if _, err := clients.RbacV1().ClusterRoles().Create(ctx, role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: user},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: user},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
	}
	if _, err := clients.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return writeKubeconfig(t, user)
}

func writeKubeconfig(t *testing.T, user string, groups ...string) string {
	t.Helper()
	added, err := environment.AddUser(envtest.User{Name: user, Groups: groups}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := added.KubeConfig()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), user)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func may(verbs []string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{v1alpha1.Group}, Resources: resources, Verbs: verbs}
}
