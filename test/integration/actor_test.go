package integration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// actor is somebody who talks to the API server.
type actor struct {
	client.Client
	typed *kubernetes.Clientset

	mu       sync.Mutex
	warnings []string
}

func newActor(config *rest.Config) (*actor, error) {
	a := &actor{}
	config.WarningHandler = a
	// A refusal "for now" is to be seen, not to be tried again.
	config.WrapTransport = func(next http.RoundTripper) http.RoundTripper { return impatient{next} }
	var err error
	if a.typed, err = kubernetes.NewForConfig(config); err != nil {
		return nil, err
	}
	a.Client, err = client.New(config, client.Options{})
	return a, err
}

// impatient takes away what makes clients try again.
type impatient struct{ http.RoundTripper }

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := i.RoundTripper.RoundTrip(r)
	if response != nil && response.Header.Get("Retry-After") != "" {
		response.Header.Set("X-Retry-After", response.Header.Get("Retry-After"))
		response.Header.Del("Retry-After")
	}
	return response, err
}

// as is somebody with the rights of a group of the test's world.
func (w *world) as(t *testing.T, user string, groups ...string) *actor {
	t.Helper()
	a, err := newActor(w.As(user, append(groups, "users", "system:authenticated")...))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// HandleWarningHeader implements rest.WarningHandler.
func (a *actor) HandleWarningHeader(_ int, _ string, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.warnings = append(a.warnings, text)
}

// warned returns the warnings since it was last asked.
func (a *actor) warned() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.warnings
	a.warnings = nil
	return list
}

// apply is a server-side apply.
func (a *actor) apply(ctx context.Context, list ...*unstructured.Unstructured) error {
	for _, object := range list {
		apply := client.ApplyConfigurationFromUnstructured(object)
		if err := a.Apply(ctx, apply, client.FieldOwner("test"), client.ForceOwnership); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// objects reads manifests.
func objects(manifests string) []*unstructured.Unstructured {
	var list []*unstructured.Unstructured
	for _, manifest := range strings.Split(manifests, "\n---\n") {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(manifest), &object.Object); err != nil {
			panic(fmt.Sprintf("%v in\n%s", err, manifest))
		}
		list = append(list, object)
	}
	return list
}

// object fills in a manifest in flow style.
func object(format string, args ...any) *unstructured.Unstructured {
	return objects(fmt.Sprintf(format, args...))[0]
}

// claim is metadata that claims a tenant, "" for none.
func claim(tenant string) string {
	if tenant == "" {
		return ""
	}
	return fmt.Sprintf("annotations: {domicile.dev/tenant: %q}", tenant)
}

// container is a pod spec that the API server accepts.
const container = `containers: [{name: c, image: example.org/c:1}]`

// pod is a pod that claims a tenant.
func pod(namespace, name, tenant string) *unstructured.Unstructured {
	return object(`{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, %s}, spec: {%s}}`, name, namespace, claim(tenant), container)
}

// status is what the API server says of an error.
func status(err error) metav1.Status {
	var s apierrors.APIStatus
	if !errors.As(err, &s) {
		return metav1.Status{}
	}
	return s.Status()
}

// reasons are the machine-readable reasons of a refusal in one line; "" if it
// is none of ours.
func reasons(err error) string {
	s := status(err)
	if s.Details == nil || s.Code != http.StatusForbidden {
		return ""
	}
	var list []string
	for _, cause := range s.Details.Causes {
		list = append(list, string(cause.Type))
	}
	return strings.Join(list, " ")
}

// wantRefused checks that something was refused for exactly these reasons.
func wantRefused(t *testing.T, why string, err error, want string) {
	t.Helper()
	if got := reasons(err); got != want {
		t.Errorf("%s: want a refusal for %q, got %q: %v", why, want, got, err)
	}
}

// wantOutcome is wantRefused, or with "" that nothing went wrong.
func wantOutcome(t *testing.T, why string, err error, want string) {
	t.Helper()
	if want != "" {
		wantRefused(t, why, err, want)
	} else if err != nil {
		t.Errorf("%s: %v", why, err)
	}
}
