package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	// group is how many LegalEntities make a group of companies: a chain, and
	// what its end and its last but one hold together.
	group = 10
	chain = 4
	// streamed is how many LegalEntities, and how many Tenants, the stream of
	// changes goes round.
	streamed = 50
	// parallel is how many requests are made at a time to fill the cluster.
	parallel = 16
)

// policies are three of different methods.
func policies() []client.Object {
	return []client.Object{
		policy("no-cn", "CN"),
		&v1alpha1.TenantPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "no-ru"},
			Spec: v1alpha1.TenantPolicySpec{
				Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"RU"}},
				Ownership:     v1alpha1.OwnershipRule{Threshold: "25", Comparison: v1alpha1.ComparisonAtLeast},
			},
		},
		&v1alpha1.TenantPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "no-kp"},
			Spec: v1alpha1.TenantPolicySpec{
				Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"KP"}},
				Ownership:     v1alpha1.OwnershipRule{Threshold: "50", Method: v1alpha1.MethodEffective},
			},
		},
	}
}

func policy(name string, blocked ...v1alpha1.JurisdictionCode) *v1alpha1.TenantPolicy {
	return &v1alpha1.TenantPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.TenantPolicySpec{Jurisdictions: v1alpha1.JurisdictionRule{Blocked: blocked}},
	}
}

func entityName(i int) string { return fmt.Sprintf("company-%05d", i) }

// entity is one of a group: about one group in fifteen has its seat where a
// policy blocks it. One in twenty, not at the end of a chain, has an LEI of the
// register.
func entity(i int) *v1alpha1.LegalEntity {
	seats := []v1alpha1.JurisdictionCode{"GB", "US", "DE", "IN", "FR", "NL", "SE", "JP"}
	n, at := i/group, i%group
	seat := seats[i%len(seats)]
	switch {
	case at == 0 && n%25 == 1:
		seat = "CN"
	case at == 0 && n%40 == 2:
		seat = "RU"
	}
	e := company(entityName(i), seat)
	if i%20 == 5 {
		e.Spec.Identifiers = []v1alpha1.Identifier{{Scheme: "LEI", ID: synthetic.GLEIF.Party(i).LEI}}
	}
	hold := func(by int, percent v1alpha1.Percent) {
		e.Spec.Interests = append(e.Spec.Interests, v1alpha1.Interest{
			Holder: v1alpha1.PartyReference{Name: entityName(n*group + by)}, Kind: v1alpha1.InterestShareholding,
			Share: &v1alpha1.Share{Exact: percent},
		})
	}
	switch {
	case at == 0:
	case at < chain:
		hold(at-1, "80")
	default:
		hold(chain-1, "40")
		hold(chain-2, "30")
	}
	return e
}

func company(name string, seat v1alpha1.JurisdictionCode) *v1alpha1.LegalEntity {
	return &v1alpha1.LegalEntity{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.LegalEntitySpec{
			DisplayName: name + " Limited", Type: v1alpha1.EntityCompany,
			Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: seat, Incorporation: "SG"},
		},
	}
}

// tenantName has the same length for all, so that one can stand for another.
func tenantName(i int) string { return fmt.Sprintf("tenant-%07d", i) }

// tenant is a customer that belongs to the last company of a group.
func (o *options) tenant(i int) *v1alpha1.Tenant {
	groups := o.entities / group
	t := tenantOf(tenantName(i), v1alpha1.PartyReference{Name: entityName(i%groups*group + group - 1)})
	t.Spec.AnnualValue = &v1alpha1.Money{Amount: fmt.Sprint(1000 + i%977), Currency: "EUR"}
	return t
}

func tenantOf(name string, party v1alpha1.PartyReference) *v1alpha1.Tenant {
	return &v1alpha1.Tenant{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.TenantSpec{
			DisplayName: "Customer " + name,
			Parties:     []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: party}},
		},
	}
}

func named(name string) v1alpha1.PartyReference { return v1alpha1.PartyReference{Name: name} }

// probes are companies, tenants, and the namespaces bound to them, in which
// changes are seen.
func (o *options) probes() (objects []client.Object, namespaces []string) {
	for name, seat := range map[string]v1alpha1.JurisdictionCode{
		"good": "SG", "bad": "CN", "changing": "SG", "seat-ir": "IR", "seat-by": "BY",
	} {
		objects = append(objects, company(name, seat))
	}
	for name, party := range map[string]v1alpha1.PartyReference{
		"innocent": named("good"), "by-entity": named("changing"), "by-tenant": named("good"), "by-exemption": named("bad"),
		"by-policy": named("seat-ir"), "by-new-policy": named("seat-by"), "by-status": named("good"),
		"by-register": {Identifier: &v1alpha1.Identifier{Scheme: "LEI", ID: o.newcomer().LEI}},
	} {
		objects = append(objects, tenantOf(name, party))
		namespaces = append(namespaces, name)
	}
	for i := range streamed {
		name := streamName(i)
		objects = append(objects, company(name, "SG"), tenantOf(name, named(name)))
	}
	return objects, namespaces
}

func streamName(i int) string { return fmt.Sprintf("stream-%02d", i) }

// createAll makes objects and says how long that took.
func (r *rig) createAll(ctx context.Context, objects []client.Object) (time.Duration, error) {
	begin := time.Now()
	requests, ctx := errgroup.WithContext(ctx)
	requests.SetLimit(parallel)
	for _, o := range objects {
		requests.Go(func() error { return r.Create(ctx, o) })
	}
	err := requests.Wait()
	return time.Since(begin), err
}

// createNamespaces makes namespaces that are bound to the tenants of their names,
// and waits until Pods can be created in them.
func (r *rig) createNamespaces(ctx context.Context, names []string) error {
	for _, name := range names {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{v1alpha1.TenantAnnotation: name}}}
		if err := r.Create(ctx, ns); err != nil {
			return err
		}
		err := cluster.Poll(ctx, "a service account in namespace "+name, func(ctx context.Context) (bool, error) {
			err := r.Get(ctx, client.ObjectKey{Namespace: name, Name: "default"}, &corev1.ServiceAccount{})
			return err == nil, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
