package bypass

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// actor is somebody who talks to the API server.
type actor struct {
	client.Client
	typed *kubernetes.Clientset
}

func newActor(config *rest.Config) (*actor, error) {
	// A refusal "for now" is to be seen, not to be tried again.
	config.WrapTransport = func(next http.RoundTripper) http.RoundTripper { return impatient{next} }
	config.WarningHandler = rest.NoWarnings{}
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	c, err := client.New(config, client.Options{})
	return &actor{Client: c, typed: typed}, err
}

// impatient takes away what makes clients try again.
type impatient struct{ http.RoundTripper }

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := i.RoundTripper.RoundTrip(r)
	if response != nil {
		response.Header.Del("Retry-After")
	}
	return response, err
}

// apply is a server-side apply. A kind that was defined a moment ago is waited for.
func (a *actor) apply(ctx context.Context, list ...*unstructured.Unstructured) error {
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

// objects reads manifests.
func objects(manifests string) []*unstructured.Unstructured {
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

func object(manifest string) *unstructured.Unstructured { return objects(manifest)[0] }

// is says whether an answer is a refusal by Domicile for a reason, perhaps among others.
// Of a webhook that gives no reasons it is a part of the sentence that counts.
func is(err error, reason string) bool {
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
