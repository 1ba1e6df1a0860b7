package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// change is something that makes one answer another, there and back.
type change struct {
	name string
	// back is what the change back is called, if it is not the same thing.
	back      string
	namespace string // in which it is seen
	// startsRefused says that the change admits, and the change back refuses.
	startsRefused bool
	aim           time.Duration
	// dear says that fewer will do.
	dear  bool
	apply func(ctx context.Context, there bool) error
}

// fewer is the part of all changes that is made of those that take long.
const fewer = 20

func (r *rig) merge(ctx context.Context, o client.Object, patch string) error {
	return r.Patch(ctx, o, client.RawPatch(types.MergePatchType, []byte(patch)))
}

func either[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// changes are those that leave status of most tenants as it is.
func (r *rig) changes(register bool) []change {
	const soon, policySoon = 100 * time.Millisecond, 500 * time.Millisecond
	list := []change{
		{name: "LegalEntity changed", namespace: "by-entity", aim: soon, apply: func(ctx context.Context, there bool) error {
			return r.merge(ctx, filled.Company("changing", ""), fmt.Sprintf(`{"spec":{"jurisdictions":{"headquarters":%q}}}`, either(there, "CN", "SG")))
		}},
		{name: "Tenant changed", namespace: "by-tenant", aim: soon, apply: func(ctx context.Context, there bool) error {
			return r.merge(ctx, filled.TenantOf("by-tenant", filled.Named("")), partyPatch(there))
		}},
		{name: "TenantExemption changed", namespace: "by-exemption", startsRefused: true, aim: soon, apply: func(ctx context.Context, there bool) error {
			e := &v1alpha1.TenantExemption{
				ObjectMeta: metav1.ObjectMeta{Name: "licence"},
				Spec: v1alpha1.TenantExemptionSpec{
					TenantRef: v1alpha1.TenantReference{Name: "by-exemption"}, PolicyRef: v1alpha1.PolicyReference{Name: "no-cn"},
					Reason: "A measurement.", Reference: "L-1", ApprovedBy: "bench", ExpiresAt: metav1.NewTime(time.Now().AddDate(1, 0, 0)),
				},
			}
			if there {
				return r.Create(ctx, e)
			}
			return r.Delete(ctx, e)
		}},
		{name: "policy changed", namespace: "by-policy", aim: policySoon, apply: func(ctx context.Context, there bool) error {
			return r.merge(ctx, filled.Policy("no-cn"), fmt.Sprintf(`{"spec":{"jurisdictions":{"blocked":%s}}}`, either(there, `["CN","IR"]`, `["CN"]`)))
		}},
	}
	if !r.measures(partChanges) {
		list = nil
	}
	if register && r.measures(partRegister) {
		list = append(list, change{name: "register refreshed", namespace: "by-register", dear: true, apply: func(ctx context.Context, there bool) error {
			return r.merge(ctx, filled.Register(""), fmt.Sprintf(`{"spec":{"source":{"file":{"paths":[%q]}}}}`, either(there, movedRegister, quietRegister)))
		}})
	}
	return list
}

// partyPatch makes a Tenant belong to somebody who is restricted, or not.
func partyPatch(restricted bool) string {
	return fmt.Sprintf(`{"spec":{"parties":[{"role":"Customer","entity":{"name":%q}}]}}`, either(restricted, "bad", "good"))
}

// newPolicy judges every tenant, and so gives every one another status.
func (r *rig) newPolicy() change {
	return change{
		name: "policy added", back: "policy removed", namespace: "by-new-policy", aim: 500 * time.Millisecond,
		apply: func(ctx context.Context, there bool) error {
			if there {
				return r.Create(ctx, filled.Policy("added", "BY"))
			}
			return r.Delete(ctx, filled.Policy("added"))
		},
	}
}

func pod(namespace string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "probe-"},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: ptr.To(false),
			Containers:                   []corev1.Container{{Name: "web", Image: "registry.example/shop/web:1.2.3"}},
		},
	}
}

// refused asks whether a Pod would be refused. An answer that says that nobody
// can tell is an error.
func (r *rig) refused(ctx context.Context, namespace string) (bool, error) {
	err := r.Create(ctx, pod(namespace), client.DryRunAll)
	if apierrors.IsForbidden(err) {
		return true, nil
	}
	return false, err
}

// until asks without a pause until the answer is as expected.
func (r *rig) until(ctx context.Context, namespace string, refused bool) error {
	for {
		is, err := r.refused(ctx, namespace)
		if err == nil && is == refused {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("a Pod in namespace %s is not %s: %w", namespace, either(refused, "refused", "admitted"), errors.Join(ctx.Err(), err))
		}
	}
}

// taken is what changes of one kind took.
type taken struct {
	there, back report.Samples
	cpu         cpus
}

func (t taken) changes() int { return len(t.there) + len(t.back) }

// time makes changes there and back while one replica is asked, until there are
// enough or the patience is at its end.
func (r *rig) time(ctx context.Context, c change, asked int) (t taken, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*r.patience)
	defer cancel()
	r.manager.Only(asked)
	if err := r.until(ctx, c.namespace, c.startsRefused); err != nil {
		return t, err
	}
	n := r.options.changes
	if c.dear {
		n = max(n/fewer, 2)
	}
	before, err := r.cpus()
	if err != nil {
		return t, err
	}
	for begin := time.Now(); t.changes() < n && time.Since(begin) < r.patience || t.changes()%2 == 1; {
		there := t.changes()%2 == 0
		if err := c.apply(ctx, there); err != nil {
			return t, err
		}
		acknowledged := time.Now()
		if err := r.until(ctx, c.namespace, there != c.startsRefused); err != nil {
			return t, err
		}
		took := time.Since(acknowledged)
		if there {
			t.there = append(t.there, took)
		} else {
			t.back = append(t.back, took)
		}
	}
	after, err := r.cpus()
	t.cpu = after.since(before)
	return t, err
}
