package impact_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// root is the root of the repository, from this folder.
var root = filepath.Join("..", "..", "..", "..")

// The API server of this package's tests.
var (
	environment *envtest.Environment
	cluster     client.Client
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
	environment = &envtest.Environment{
		BinaryAssetsDirectory: os.Getenv("KUBEBUILDER_ASSETS"),
		CRDDirectoryPaths:     []string{filepath.Join(root, "config", "crd")}, ErrorIfCRDPathMissing: true,
	}
	if environment.BinaryAssetsDirectory == "" {
		if environment.BinaryAssetsDirectory, err = filepath.Abs(filepath.Join(root, "bin", "envtest")); err != nil {
			return 1, err
		}
	}
	config, err := environment.Start()
	if err != nil {
		return 1, fmt.Errorf("start the API server (make controlplane builds it): %w", err)
	}
	defer func() { err = errors.Join(err, environment.Stop()) }()
	if cluster, err = client.New(config, client.Options{}); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// create creates what manifests declare.
func create(t *testing.T, text string) {
	t.Helper()
	objects, errs := manifest.Read("world", strings.NewReader(text), manifest.DefaultLimits)
	for _, err := range errs {
		t.Fatal(err)
	}
	for _, o := range objects {
		if err := cluster.Create(context.Background(), &unstructured.Unstructured{Object: o.Content}); err != nil {
			t.Fatal(err)
		}
	}
}

// kubeconfig writes the kubeconfig of a new user with some rights.
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
	added, err := environment.AddUser(envtest.User{Name: user}, nil)
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

func list(group string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: []string{"list"}}
}

// call runs the command.
func call(args ...string) (stdout, stderr string, code int) {
	var out, errOut bytes.Buffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut}
	code = plugin.Run(context.Background(), append([]string{"kubectl-domicile", "impact"}, args...), streams)
	return out.String(), errOut.String(), code
}
