package controllers

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/cert"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// operator is another project's controller.
type operator struct {
	// name is that of its folder in test/rig/operators and bin/operators.
	name string
	// args and config are what it is started with. $ADDRESS is its own, $FOLDER has its
	// certificate, and the configuration as config.yaml.
	args   []string
	config string
	// ports are those at which it listens when it is ready.
	ports    []string
	subjects []subject
}

// program is an operator that is installed.
type program struct {
	*cluster.Program
	args []string
	// user is whom it runs as, and bindings what gives it rights.
	user     string
	bindings []*unstructured.Unstructured
}

// install installs what the release of an operator consists of, and runs it with the
// rights of its own service account in place of its Deployment.
func (o *operator) install(t *testing.T, w *world) *program {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "bin", "operators", o.name, "manifests.yaml"))
	if err != nil {
		t.Fatal(errors.Join(errors.New(`run "make test-controllers" first`), err))
	}
	var webhooks, bindings, others []*unstructured.Unstructured
	var deployment *unstructured.Unstructured
	for _, object := range actor.Objects(string(text)) {
		switch object.GetKind() {
		case "ClusterRoleBinding":
			bindings = append(bindings, object)
		case "Deployment":
			deployment = object
		case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
			webhooks = append(webhooks, object)
		default:
			others = append(others, object)
		}
	}
	if err := w.admin.Declare(t.Context(), others...); err != nil {
		t.Fatal(err)
	}
	account := textAt(deployment, "spec", "template", "spec", "serviceAccountName")
	p := &program{bindings: bindings, user: "system:serviceaccount:" + deployment.GetNamespace() + ":" + account}
	if p.Program, err = w.Program(t.Context(), filepath.Join("operators", o.name, "operator"), "test-controllers", deployment.GetNamespace(), account); err != nil {
		t.Fatal(err)
	}
	authority := o.configure(t, w, p)
	p.mayWork(t, w, true)
	if err := p.Start(p.args...); err != nil {
		t.Fatal(err)
	}
	o.listens(t, p)
	for _, object := range webhooks {
		lead(object, p.Address.String(), authority)
	}
	if err := w.admin.Declare(t.Context(), webhooks...); err != nil {
		t.Fatal(err)
	}
	return p
}

// mayWork gives an operator its rights, or takes them away, and waits until it has them
// or not: it does nothing then, but its webhooks are served.
func (p *program) mayWork(t *testing.T, w *world, may bool) {
	t.Helper()
	for _, binding := range p.bindings {
		change := func(ctx context.Context, o *unstructured.Unstructured) error { return w.admin.Delete(ctx, o) }
		if may {
			change = func(ctx context.Context, o *unstructured.Unstructured) error { return w.admin.Declare(ctx, o) }
		}
		if err := change(t.Context(), binding.DeepCopy()); err != nil {
			t.Fatal(err)
		}
	}
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: p.user, ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "list", Resource: "pods"},
	}}
	suite.Eventually(t, patience, "the rights of "+p.user, func(ctx context.Context) (bool, error) {
		answer, err := w.admin.Typed.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		return err == nil && answer.Status.Allowed == may, err
	})
}

// configure writes an operator's configuration and certificate. It returns the authority.
func (o *operator) configure(t *testing.T, w *world, p *program) []byte {
	t.Helper()
	folder := filepath.Join(w.Dir(), o.name)
	fill := strings.NewReplacer("$ADDRESS", p.Address.String(), "$FOLDER", folder)
	certificate, key, err := cert.GenerateSelfSignedCertKey(o.name, []net.IP{p.Address.AsSlice()}, nil)
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"tls.crt": certificate, "tls.key": key, "config.yaml": []byte(fill.Replace(o.config))} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, arg := range o.args {
		p.args = append(p.args, fill.Replace(arg))
	}
	return certificate
}

// listens waits until an operator is there.
func (o *operator) listens(t *testing.T, p *program) {
	t.Helper()
	for _, port := range o.ports {
		suite.Eventually(t, patience, fmt.Sprintf("%s at port %s", o.name, port), func(ctx context.Context) (bool, error) {
			connection, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(p.Address.String(), port))
			if err != nil {
				return p.Err() != nil, err
			}
			return true, connection.Close()
		})
	}
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
}

// lead makes a webhook configuration lead to an address in place of a Service.
func lead(configuration *unstructured.Unstructured, address string, authority []byte) {
	webhooks, _ := configuration.Object["webhooks"].([]any)
	for _, item := range webhooks {
		webhook, _ := item.(map[string]any)
		path, _, err := unstructured.NestedString(webhook, "clientConfig", "service", "path")
		if err != nil {
			panic(err)
		}
		webhook["clientConfig"] = map[string]any{
			"url":      "https://" + net.JoinHostPort(address, webhookPort) + path,
			"caBundle": base64.StdEncoding.EncodeToString(authority),
		}
	}
}

// webhookPort is the same for all operators.
const webhookPort = "9443"

// textAt is a text in an object, "" if there is none.
func textAt(o *unstructured.Unstructured, path ...string) string {
	text, _, err := unstructured.NestedString(o.Object, path...)
	if err != nil {
		return ""
	}
	return text
}
