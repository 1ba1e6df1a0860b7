package status

import (
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	applyv1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/internal/translate"
)

// subject is a kind whose status is written.
type subject struct {
	object func() client.Object
	// digest identifies what a status says, without times; in is that of an object.
	digest func(status any) translate.Digest
	in     func(client.Object) (status any)
	// want is what it should say; false if there is no such object.
	want func(*planned, string) (status any, ok bool)
	// apply writes the status that is wanted onto an object.
	apply func(client.Object, any, time.Time) runtime.ApplyConfiguration
	// written is told of what was written; nil if nobody wants to know.
	written func(s *Writer, before client.Object, status any)
}

// subjectOf gives the functions of one kind their types.
func subjectOf[Object any, Status any, P interface {
	*Object
	client.Object
}](
	report func(*Status) any, of func(P) *Status, want func(*planned, string) (Status, bool),
	apply func(P, Status, time.Time) runtime.ApplyConfiguration,
) subject {
	return subject{
		object: func() client.Object { return P(new(Object)) },
		digest: func(status any) translate.Digest {
			if s, ok := status.(*Status); ok {
				return translate.DigestOf(report(s))
			}
			return translate.Digest{}
		},
		in: func(o client.Object) any {
			if o, ok := o.(P); ok {
				return of(o)
			}
			return nil
		},
		want: func(p *planned, name string) (any, bool) {
			status, ok := want(p, name)
			return &status, ok
		},
		apply: func(o client.Object, status any, now time.Time) runtime.ApplyConfiguration {
			object, isObject := o.(P)
			s, isStatus := status.(*Status)
			if !isObject || !isStatus {
				return nil
			}
			return apply(object, *s, now)
		},
	}
}

// subjects are the kinds whose status is written, by name.
func subjects() map[string]subject {
	kinds := map[string]subject{
		"TenantPolicy": subjectOf(translate.PolicyReport,
			func(p *v1alpha1.TenantPolicy) *v1alpha1.TenantPolicyStatus { return &p.Status },
			func(p *planned, name string) (v1alpha1.TenantPolicyStatus, bool) {
				status, ok := p.policies[name]
				return status, ok
			},
			func(p *v1alpha1.TenantPolicy, want v1alpha1.TenantPolicyStatus, now time.Time) runtime.ApplyConfiguration {
				return applyv1alpha1.TenantPolicy(p.Name).WithResourceVersion(p.ResourceVersion).WithStatus(applyPolicy(p, want, now))
			}),
		"Tenant": subjectOf(translate.TenantReport,
			func(t *v1alpha1.Tenant) *v1alpha1.TenantStatus { return &t.Status },
			func(p *planned, name string) (v1alpha1.TenantStatus, bool) { return p.tenant(name) },
			func(t *v1alpha1.Tenant, want v1alpha1.TenantStatus, now time.Time) runtime.ApplyConfiguration {
				return applyv1alpha1.Tenant(t.Name).WithResourceVersion(t.ResourceVersion).WithStatus(applyTenant(t, want, now))
			}),
		"LegalEntity": subjectOf(translate.EntityReport,
			func(e *v1alpha1.LegalEntity) *v1alpha1.LegalEntityStatus { return &e.Status },
			func(p *planned, name string) (v1alpha1.LegalEntityStatus, bool) { return p.entity(name) },
			func(e *v1alpha1.LegalEntity, want v1alpha1.LegalEntityStatus, now time.Time) runtime.ApplyConfiguration {
				return applyv1alpha1.LegalEntity(e.Name).WithResourceVersion(e.ResourceVersion).
					WithStatus(applyv1alpha1.LegalEntityStatus().WithObservedGeneration(want.ObservedGeneration).
						WithConditions(apply.Conditions(e.Status.Conditions, want.Conditions, now)...))
			}),
		"TenantExemption": subjectOf(translate.ExemptionReport,
			func(e *v1alpha1.TenantExemption) *v1alpha1.TenantExemptionStatus { return &e.Status },
			func(p *planned, name string) (v1alpha1.TenantExemptionStatus, bool) { return p.exemption(name) },
			func(e *v1alpha1.TenantExemption, want v1alpha1.TenantExemptionStatus, now time.Time) runtime.ApplyConfiguration {
				return applyv1alpha1.TenantExemption(e.Name).WithResourceVersion(e.ResourceVersion).
					WithStatus(applyv1alpha1.TenantExemptionStatus().WithObservedGeneration(want.ObservedGeneration).
						WithConditions(apply.Conditions(e.Status.Conditions, want.Conditions, now)...))
			}),
	}
	kinds["AccessPoint"] = subjectOf(translate.AccessPointReport,
		func(a *v1alpha1.AccessPoint) *v1alpha1.AccessPointStatus { return &a.Status },
		func(p *planned, name string) (v1alpha1.AccessPointStatus, bool) { return p.accessPoint(name) },
		func(a *v1alpha1.AccessPoint, want v1alpha1.AccessPointStatus, now time.Time) runtime.ApplyConfiguration {
			return applyv1alpha1.AccessPoint(a.Name).WithResourceVersion(a.ResourceVersion).
				WithStatus(applyv1alpha1.AccessPointStatus().WithObservedGeneration(want.ObservedGeneration).
					WithConditions(apply.Conditions(a.Status.Conditions, want.Conditions, now)...))
		})
	tenants := kinds["Tenant"]
	tenants.written = func(s *Writer, before client.Object, status any) {
		t, isTenant := before.(*v1alpha1.Tenant)
		written, isStatus := status.(*v1alpha1.TenantStatus)
		if isTenant && isStatus {
			s.reportFlips(t, written.Verdicts)
		}
	}
	kinds["Tenant"] = tenants
	return kinds
}

// reported is what the status of an object said when it was last heard of; false
// if there is no such object.
func (s *Writer) reported(item target) (translate.Digest, bool) {
	object, exists, err := s.stores[item.kind].GetByKey(item.name)
	if err != nil || !exists {
		return translate.Digest{}, false
	}
	switch o := object.(type) {
	case *translate.CompiledTenant:
		return o.Reported, true
	case *translate.CompiledEntity:
		return o.Reported, true
	case client.Object:
		kind := s.kinds[item.kind]
		return kind.digest(kind.in(o)), true
	default:
		return translate.Digest{}, false
	}
}
