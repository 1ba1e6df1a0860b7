package informers

import (
	"net/http"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// watched are the kinds that the manager reads from its cache. There is an
// informer of each of them before anything runs, and of no other kind. The gateway has
// only what decisions are made from.
func watched(worldOnly bool) []client.Object {
	world := []client.Object{
		&v1alpha1.TenantPolicy{}, &v1alpha1.Tenant{}, &v1alpha1.LegalEntity{},
		&v1alpha1.TenantExemption{}, &v1alpha1.OwnershipRegister{}, &v1alpha1.AccessPoint{}, NamespaceMetadata(),
	}
	if worldOnly {
		return world
	}
	return append(world, &admissionv1.ValidatingWebhookConfiguration{}, &corev1.Secret{})
}

// World are the kinds that decisions are made from, by name: what is known of them must
// not be old.
func World() map[string]runtime.Object {
	return map[string]runtime.Object{
		"TenantPolicy": &v1alpha1.TenantPolicy{}, "Tenant": &v1alpha1.Tenant{}, "LegalEntity": &v1alpha1.LegalEntity{},
		"TenantExemption": &v1alpha1.TenantExemption{}, "OwnershipRegister": &v1alpha1.OwnershipRegister{},
		"AccessPoint": &v1alpha1.AccessPoint{}, "Namespace": NamespaceMetadata(),
	}
}

// Uncached are the kinds that clients read from the API server: the cache has
// informers of them and keeps what was compiled, not the objects.
func Uncached() []client.Object {
	return []client.Object{&v1alpha1.Tenant{}, &v1alpha1.LegalEntity{}}
}

// NewMapper knows the resources of all kinds that the manager's clients read and
// write. It asks nobody: a manager that starts while the API server does not
// answer, or before the CRDs are established, waits in its informers, which ask
// again until there is an answer.
func NewMapper(*rest.Config, *http.Client) (meta.RESTMapper, error) {
	m := meta.NewDefaultRESTMapper(nil)
	m.Add(corev1.SchemeGroupVersion.WithKind("Secret"), meta.RESTScopeNamespace)
	m.Add(appsv1.SchemeGroupVersion.WithKind("Deployment"), meta.RESTScopeNamespace)
	m.Add(authorizationv1.SchemeGroupVersion.WithKind("SubjectAccessReview"), meta.RESTScopeRoot)
	for group, kinds := range map[schema.GroupVersion][]string{
		corev1.SchemeGroupVersion:      {"Namespace"},
		rbacv1.SchemeGroupVersion:      {"ClusterRole"},
		admissionv1.SchemeGroupVersion: {"ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"},
		v1alpha1.GroupVersion:          {"TenantPolicy", "Tenant", "LegalEntity", "TenantExemption", "OwnershipRegister", "AccessPoint"},
	} {
		for _, kind := range kinds {
			m.Add(group.WithKind(kind), meta.RESTScopeRoot)
		}
	}
	return m, nil
}
