// Package actor is for tests in which several users talk to an API server.
package actor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// Actor is somebody who talks to the API server. Nothing is tried again by itself.
type Actor struct {
	client.Client
	Typed *kubernetes.Clientset

	mu       sync.Mutex
	warnings []string
}

// New makes the actor that a config is of, which must be the caller's own.
func New(config *rest.Config) (*Actor, error) {
	a := &Actor{}
	config.WarningHandler = a
	// A refusal "for now" is to be seen, not to be tried again.
	config.WrapTransport = func(next http.RoundTripper) http.RoundTripper { return impatient{next} }
	var err error
	if a.Typed, err = kubernetes.NewForConfig(config); err != nil {
		return nil, err
	}
	a.Client, err = client.New(config, client.Options{})
	return a, err
}

// RetryAfter is the header that has what was in Retry-After.
const RetryAfter = "X-Retry-After"

// impatient takes away what makes clients try again.
type impatient struct{ http.RoundTripper }

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := i.RoundTripper.RoundTrip(r)
	if response != nil && response.Header.Get("Retry-After") != "" {
		response.Header.Set(RetryAfter, response.Header.Get("Retry-After"))
		response.Header.Del("Retry-After")
	}
	return response, err
}

// HandleWarningHeader implements rest.WarningHandler.
func (a *Actor) HandleWarningHeader(_ int, _ string, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.warnings = append(a.warnings, text)
}

// Warned returns the warnings since it was last asked.
func (a *Actor) Warned() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.warnings
	a.warnings = nil
	return list
}

// Declare is a server-side apply. A kind that was defined a moment ago is waited for.
func (a *Actor) Declare(ctx context.Context, list ...*unstructured.Unstructured) error {
	for _, o := range list {
		var failed error
		err := cluster.Poll(ctx, o.GetKind()+" to be known", func(ctx context.Context) (bool, error) {
			failed = a.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("test"), client.ForceOwnership)
			return !meta.IsNoMatchError(failed), failed
		})
		if err := errors.Join(err, failed); err != nil {
			return fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// Objects reads manifests, which are part of a test: a mistake in them panics.
func Objects(manifests string) []*unstructured.Unstructured {
	var list []*unstructured.Unstructured
	for _, manifest := range strings.Split(manifests, "\n---\n") {
		o := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(manifest), &o.Object); err != nil {
			panic(fmt.Sprintf("%v in\n%s", err, manifest))
		}
		list = append(list, o)
	}
	return list
}

// Refused says whether an answer is a refusal by Domicile for a reason, perhaps among
// others. Of a webhook that gives no reasons it is a part of the sentence that counts.
func Refused(err error, reason string) bool {
	var s apierrors.APIStatus
	if !errors.As(err, &s) || !strings.Contains(s.Status().Message, "domicile.dev") {
		return false
	}
	status := s.Status()
	if strings.Contains(reason, " ") {
		return strings.Contains(status.Message, reason)
	}
	var reasons []string
	if status.Details != nil {
		for _, cause := range status.Details.Causes {
			reasons = append(reasons, string(cause.Type))
		}
	}
	return slices.Contains(reasons, reason)
}
