package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/webhook"
)

// tenants is how many there are; all of them are clear.
const tenants = 1000

const tenant = "tenant-7"

// newHandler makes the handler in a world that it has in memory: nothing is looked up.
func newHandler() (http.Handler, error) {
	var in snapshottest.Inputs
	policy := v1alpha1.TenantPolicy{ObjectMeta: metav1.ObjectMeta{Name: "residency"}}
	policy.Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{"KP"}
	in.Policies = append(in.Policies, policy)
	for i := range tenants {
		name := fmt.Sprintf("tenant-%d", i)
		entity := v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: name}}
		entity.Spec.DisplayName, entity.Spec.Type = name, v1alpha1.EntityCompany
		entity.Spec.Jurisdictions = &v1alpha1.EntityJurisdictions{Headquarters: "NZ"}
		customer := v1alpha1.Tenant{ObjectMeta: metav1.ObjectMeta{Name: name}}
		customer.Spec.Parties = []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: name}}}
		in.Entities, in.Tenants = append(in.Entities, entity), append(in.Tenants, customer)
	}
	holder := &snapshot.Holder{}
	holder.Store(snapshottest.Compile(in))
	return webhook.NewHandler(webhook.Dependencies{
		Snapshots: holder, Lookup: world{}, Access: world{}, Refresher: refresher{holder}, Registerer: prometheus.NewRegistry(),
	})
}

// world is a Lookup and an Access: its namespaces are bound to the tenant, and have no
// Secrets.
type world struct{}

func (world) Namespace(context.Context, string) (webhook.NamespaceMeta, error) {
	return webhook.NamespaceMeta{Annotations: map[string]string{v1alpha1.TenantAnnotation: tenant}}, nil
}

func (world) Namespaces(context.Context) ([]*residency.Namespace, error) { return nil, nil }

func (world) SecretTenant(context.Context, string, string) (string, error) { return "", nil }

func (world) ServiceAccount(context.Context, string, string) (translate.ServiceAccount, error) {
	return translate.ServiceAccount{}, nil
}

func (world) Object(_ context.Context, r schema.GroupVersionResource, _, name string) (map[string]any, error) {
	return nil, apierrors.NewNotFound(r.GroupResource(), name)
}

func (world) Pods(context.Context, string, string, func(growth.Pod) bool) error { return nil }

func (world) May(context.Context, authenticationv1.UserInfo, string, string) (bool, error) {
	return true, nil
}

type refresher struct{ holder *snapshot.Holder }

func (r refresher) WithTenant(context.Context, string) (*snapshot.Snapshot, error) {
	return r.holder.Load(), nil
}
