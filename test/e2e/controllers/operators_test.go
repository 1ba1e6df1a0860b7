package controllers

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// operator is another project's controller.
type operator struct {
	// name is that of its folder in test/rig/operators and bin/operators.
	name string
	// deployment is the one that it runs in place of; "" if its release has only one.
	deployment string
	// namespace is where its release is installed, if that does not say it.
	namespace string
	// args, env and config are what it is started with. $ADDRESS is its own, $PORT one that
	// nobody else has, and $FOLDER has the configuration as config.yaml.
	args, env []string
	config    string
	// ports are those at which it listens when it is ready.
	ports []string
	// webhooks is how it is called; nil if it is not, or another program of its release is.
	webhooks *webhooks
	subjects []subject
}

// program is an operator that is installed.
type program struct {
	*cluster.Program
	args []string
	// port is one that nobody else has.
	port string
	// folder has its files, and authority the certificate that the tests issue to it.
	folder    string
	authority []byte
	// user is whom it runs as, and bindings what gives it rights.
	user     string
	bindings []*unstructured.Unstructured
}

// release is what an operator consists of.
type release struct {
	deployment                            *unstructured.Unstructured
	bindings, definitions, configurations []*unstructured.Unstructured
	others                                []*unstructured.Unstructured
}

// read reads the release. What other programs of it do nobody does here: they do not run,
// nobody issues certificates, and what API servers would ask them is not there.
func (o *operator) read(t *testing.T) (r release) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "bin", "operators", o.name, "manifests.yaml"))
	if err != nil {
		t.Fatal(errors.Join(errors.New(`run "make test-controllers" first`), err))
	}
	for _, object := range actor.Objects(string(text)) {
		switch object.GetKind() {
		case "ClusterRoleBinding":
			r.bindings = append(r.bindings, object)
		case "Deployment":
			if o.deployment == "" || object.GetName() == o.deployment {
				r.deployment = object
			}
		case "CustomResourceDefinition":
			r.definitions = append(r.definitions, object)
		case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
			r.configurations = append(r.configurations, object)
		case "APIService", "DaemonSet", "Certificate", "Issuer":
		default:
			r.others = append(r.others, object)
		}
	}
	if o.namespace != "" {
		namespace := actor.Objects("{apiVersion: v1, kind: Namespace, metadata: {name: " + o.namespace + "}}")
		r.others = append(namespace, r.others...)
		r.deployment.SetNamespace(o.namespace)
	}
	return r
}

// install installs what the release of an operator consists of, and runs it with the
// rights of its own service account in place of its Deployment.
func (o *operator) install(t *testing.T, w *world) *program {
	t.Helper()
	r := o.read(t)
	for _, object := range r.others {
		if within, err := w.admin.IsObjectNamespaced(object); err != nil {
			t.Fatal(err)
		} else if within && object.GetNamespace() == "" {
			object.SetNamespace(o.namespace)
		}
	}
	w.declare(t, r.others)
	account, namespace := textAt(r.deployment, "spec", "template", "spec", "serviceAccountName"), r.deployment.GetNamespace()
	p := &program{bindings: r.bindings, port: freePort(t), user: "system:serviceaccount:" + namespace + ":" + account}
	var err error
	if p.Program, err = w.Program(t.Context(), filepath.Join("operators", o.name, "operator"), "test-controllers", namespace, account); err != nil {
		t.Fatal(err)
	}
	o.configure(t, w, p)
	o.webhooks.lead(t, p, r.definitions)
	w.declare(t, r.definitions)
	p.mayWork(t, w, true)
	configurations := o.webhooks.of(r.configurations)
	if o.webhooks.early() {
		w.declare(t, configurations)
	}
	if err := p.Start(p.args...); err != nil {
		t.Fatal(err)
	}
	o.listens(t, w, p)
	o.webhooks.lead(t, p, configurations)
	if !o.webhooks.early() {
		w.declare(t, configurations)
	}
	return p
}

func (w *world) declare(t *testing.T, objects []*unstructured.Unstructured) {
	t.Helper()
	if err := w.admin.Declare(t.Context(), objects...); err != nil {
		t.Fatal(err)
	}
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

// freePort is a port that nobody listens at, at any address.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // it was only asked for its port
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// textAt is a text in an object, "" if there is none.
func textAt(o *unstructured.Unstructured, path ...string) string {
	text, _, err := unstructured.NestedString(o.Object, path...)
	if err != nil {
		return ""
	}
	return text
}
