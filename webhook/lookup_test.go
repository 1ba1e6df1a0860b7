package webhook

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	clienttesting "k8s.io/client-go/testing"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/translate"
)

func TestLiveLookup(t *testing.T) {
	ctx := t.Context()
	meta := func(apiVersion, kind, namespace, name string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{
			TypeMeta:   metav1.TypeMeta{APIVersion: apiVersion, Kind: kind},
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Annotations: map[string]string{"a": kind, "domicile.dev/tenant": "lantern"}},
		}
	}
	scheme := metadatafake.NewTestScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	widget := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "w", "namespace": "n"},
	}}
	cluster := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "everywhere"},
	}}
	account := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": "runner", "namespace": "n"},
		"imagePullSecrets": []any{map[string]any{"name": "pull"}},
	}}
	widgets := schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "widgets"}
	registry := prometheus.NewRegistry()
	reads, err := NewLiveReads(registry)
	if err != nil {
		t.Fatal(err)
	}
	l := &LiveLookup{
		Objects:  dynamicfake.NewSimpleDynamicClient(runtime.NewScheme(), widget, cluster, account),
		Metadata: metadatafake.NewSimpleMetadataClient(scheme, meta("v1", "Namespace", "", "live"), meta("v1", "Secret", "n", "key")),
		Watched:  watches{},
		Reads:    reads,
		CachedNamespace: func(_ context.Context, name string) (NamespaceMeta, bool) {
			return NamespaceMeta{Annotations: map[string]string{"a": "cached"}}, name == "cached"
		},
	}
	for name, want := range map[string]string{"cached": "cached", "live": "Namespace"} {
		if got, err := l.Namespace(ctx, name); err != nil || got.Annotations["a"] != want {
			t.Errorf("Namespace %s: got %v, %v", name, got, err)
		}
	}
	if _, err := l.Namespace(ctx, "nowhere"); !apierrors.IsNotFound(err) {
		t.Errorf("no Namespace: got %v", err)
	}
	for name, want := range map[string]string{"key": "lantern", "watched": "meridian"} {
		if got, err := l.SecretTenant(ctx, "n", name); err != nil || got != want {
			t.Errorf("Secret %s: got %v, %v", name, got, err)
		}
	}
	if _, err := l.SecretTenant(ctx, "m", "key"); !apierrors.IsNotFound(err) {
		t.Errorf("Secret of another namespace: got %v", err)
	}
	for name, want := range map[string]string{"runner": "pull", "watched": "token"} {
		if got, err := l.ServiceAccount(ctx, "n", name); err != nil || !slices.Equal(got.Secrets, []string{want}) {
			t.Errorf("ServiceAccount %s: got %v, %v", name, got, err)
		}
	}
	for name, namespace := range map[string]string{"w": "n", "everywhere": ""} {
		if got, err := l.Object(ctx, widgets, namespace, name); err != nil || got["kind"] != "Widget" {
			t.Errorf("parent %s: got %v, %v", name, got, err)
		}
	}
	// What a watch knew is not among them.
	want := `
# HELP domicile_admission_live_reads_total What admission read from the API server before it could answer: a Namespace, Secret, ServiceAccount, Tenant or CustomResourceDefinition that no watch had told of, an Object that a request is about, or the Pods of an owner.
# TYPE domicile_admission_live_reads_total counter
domicile_admission_live_reads_total{reason="CustomResourceDefinition",result="error"} 0
domicile_admission_live_reads_total{reason="CustomResourceDefinition",result="success"} 0
domicile_admission_live_reads_total{reason="Namespace",result="error"} 0
domicile_admission_live_reads_total{reason="Namespace",result="success"} 2
domicile_admission_live_reads_total{reason="Object",result="error"} 0
domicile_admission_live_reads_total{reason="Object",result="success"} 2
domicile_admission_live_reads_total{reason="Pods",result="error"} 0
domicile_admission_live_reads_total{reason="Pods",result="success"} 0
domicile_admission_live_reads_total{reason="Secret",result="error"} 0
domicile_admission_live_reads_total{reason="Secret",result="success"} 2
domicile_admission_live_reads_total{reason="ServiceAccount",result="error"} 0
domicile_admission_live_reads_total{reason="ServiceAccount",result="success"} 1
domicile_admission_live_reads_total{reason="Tenant",result="error"} 0
domicile_admission_live_reads_total{reason="Tenant",result="success"} 0
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

// watches know one Secret and one ServiceAccount.
type watches struct{}

func (watches) Secret(_, name string) (string, bool) { return "meridian", name == "watched" }

func (watches) ServiceAccount(_, name string) (translate.ServiceAccount, bool) {
	return translate.ServiceAccount{Secrets: []string{"token"}}, name == "watched"
}

func TestLivePods(t *testing.T) {
	controller := true
	page := func(next string, names ...string) *metav1.List {
		list := &metav1.List{ListMeta: metav1.ListMeta{Continue: next}}
		for _, name := range names {
			list.Items = append(list.Items, runtime.RawExtension{Object: &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
				Name: name, DeletionTimestamp: &metav1.Time{Time: now},
				OwnerReferences: []metav1.OwnerReference{{UID: "no"}, {UID: "u", Controller: &controller}},
			}}})
		}
		return list
	}
	scheme := metadatafake.NewTestScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	client := metadatafake.NewSimpleMetadataClient(scheme)
	var asked []string
	client.PrependReactor("list", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
		options := a.(clienttesting.ListActionImpl).ListOptions
		asked = append(asked, a.GetNamespace()+" "+options.FieldSelector)
		if len(asked) > 1 {
			return true, page("", "b", "c"), nil
		}
		return true, page("more", "a"), nil
	})
	l := &LiveLookup{Metadata: client}
	var got []growth.Pod
	if err := l.Pods(t.Context(), "n", "x=y", func(p growth.Pod) bool {
		got = append(got, p)
		return len(got) < 2
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]growth.Pod{{Name: "a", Maker: "u", Ends: now}, {Name: "b", Maker: "u", Ends: now}}, got); diff != "" {
		t.Errorf("until it is enough (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"n x=y", "n x=y"}, asked); diff != "" {
		t.Errorf("page by page (-want +got):\n%s", diff)
	}
}

func TestTheAPIServerIsAskedWhoMayBind(t *testing.T) {
	var asked []authorizationv1.SubjectAccessReviewSpec
	client := fake.NewClientset()
	client.PrependReactor("create", "subjectaccessreviews", func(a clienttesting.Action) (bool, runtime.Object, error) {
		review := a.(clienttesting.CreateAction).GetObject().(*authorizationv1.SubjectAccessReview).DeepCopy()
		asked = append(asked, review.Spec)
		review.Status.Allowed = review.Spec.ResourceAttributes.Name == "meridian"
		return true, review, nil
	})
	access := NewClusterAccess(client.AuthorizationV1().SubjectAccessReviews(), clocktesting.NewFakeClock(now))
	user := authenticationv1.UserInfo{
		Username: "ann", UID: "7", Groups: []string{"users"},
		Extra: map[string]authenticationv1.ExtraValue{"scopes": {"a", "b"}},
	}
	for tenant, want := range map[string]bool{"meridian": true, "lantern-sg": false} {
		if got, err := access.May(t.Context(), user, "bind", tenant); err != nil || got != want {
			t.Errorf("%s: got %v, %v", tenant, got, err)
		}
	}
	if len(asked) != 2 {
		t.Fatalf("asked %d times", len(asked))
	}
	want := authorizationv1.SubjectAccessReviewSpec{
		User: "ann", UID: "7", Groups: []string{"users"},
		Extra: map[string]authorizationv1.ExtraValue{"scopes": {"a", "b"}},
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Verb: "bind", Group: "domicile.dev", Version: "v1alpha1", Resource: "tenants", Name: asked[0].ResourceAttributes.Name,
		},
	}
	if diff := cmp.Diff(want, asked[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
