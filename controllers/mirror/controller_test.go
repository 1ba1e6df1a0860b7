package mirror

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// replica keeps the mirror of what is published.
type replica struct {
	*Controller
	stop func()
}

// start starts a replica, which ends with the test. It leads as soon as elected is
// closed; nil is at once.
func start(t *testing.T, elected <-chan struct{}, clusterRole string, in snapshottest.Inputs) *replica {
	t.Helper()
	mgr, h := server.Manager(t, nil), &snapshot.Holder{}
	h.Store(snapshottest.Compile(in))
	servers, err := NewAPIServers(server.Config, apiserver.Namespace)
	if err != nil {
		t.Fatal(err)
	}
	if elected == nil {
		elected = mgr.Elected()
	}
	c, err := New(mgr.GetClient(), mgr.GetAPIReader(), h, servers, elected, Options{
		Options: mirror.Options{Namespace: apiserver.Namespace}, ClusterRole: clusterRole, Version: "v1",
	}, mgr.GetEventRecorder("domicile"), clock.RealClock{}, prometheus.NewRegistry())
	if err == nil {
		err = c.SetupWithManager(mgr)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, name := range mirror.Names() {
			server.Without(t, policy(name))
			server.Without(t, binding(name))
		}
	})
	return &replica{c, apiserver.Start(t, mgr)}
}

func (r *replica) publish(in snapshottest.Inputs) { r.holder.Store(snapshottest.Compile(in)) }

func policy(name string) *admissionv1.ValidatingAdmissionPolicy {
	return &admissionv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func binding(name string) *admissionv1.ValidatingAdmissionPolicyBinding {
	return &admissionv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// restricted is sample.World, in which lantern is restricted by now.
func restricted() snapshottest.Inputs { return sample.World() }

// exempted is the same with an exemption.
func exempted() snapshottest.Inputs {
	in := sample.World()
	in.Exemptions = []v1alpha1.TenantExemption{sample.Exemption("licence", time.Now().Add(time.Hour))}
	return in
}

// try creates a Pod of a tenant, as a dry run.
func try(ctx context.Context, tenant string) error {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: "a-", Annotations: map[string]string{v1alpha1.TenantAnnotation: tenant}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a"}}},
	}
	return server.Create(ctx, pod, client.DryRunAll)
}

// refuses checks that the API server refuses a tenant by itself, and says so.
func refuses(ctx context.Context) error {
	err := try(ctx, "lantern")
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "kubectl domicile explain tenant/lantern") {
		return fmt.Errorf("a restricted tenant: %w", errors.Join(err, errors.New("it should be refused by the mirror")))
	}
	return admitted(try(ctx, "meridian"))
}

func admits(ctx context.Context) error { return admitted(try(ctx, "lantern")) }

// admitted is no error if nothing but the missing ServiceAccount stands against a Pod.
func admitted(err error) error {
	if err == nil || apierrors.IsForbidden(err) && strings.Contains(err.Error(), "error looking up service account") {
		return nil
	}
	return err
}

func (r *replica) says(reason string, words ...string) func(context.Context) error {
	return func(context.Context) error {
		said, ok := r.Mirrored("no-cn")
		if !ok || said.Reason != reason {
			return fmt.Errorf("says %v, want %s", said, reason)
		}
		for _, word := range words {
			if !strings.Contains(said.Message, word) {
				return fmt.Errorf("says %q without %q", said.Message, word)
			}
		}
		return nil
	}
}

func TestTheAPIServerRefusesByItself(t *testing.T) {
	r := start(t, nil, "", restricted())
	apiserver.Eventually(t, "status", r.says(v1alpha1.ReasonMirrorEnforced, "1 of 1 API servers refuse 1 tenants by themselves"))
	if err := refuses(t.Context()); err != nil {
		t.Errorf("the mirror says that it is enforced, and it is not: %v", err)
	}
	if !r.Refuses("no-cn", "lantern") || r.Refuses("no-cn", "meridian") {
		t.Error("it does not know whom it refuses")
	}

	// Whoever is told that the mirror refuses somebody no more can rely on it.
	r.publish(exempted())
	apiserver.Eventually(t, "an exempted tenant is refused no more", func(context.Context) error {
		if r.Refuses("no-cn", "lantern") {
			return errors.New("it may still be refused")
		}
		return nil
	})
	if err := admits(t.Context()); err != nil {
		t.Errorf("the mirror says that it admits lantern, and it does not: %v", err)
	}
	r.publish(restricted())
	apiserver.Eventually(t, "it is refused again", refuses)
}

func TestWhatOthersChangeIsPutBack(t *testing.T) {
	r := start(t, nil, "", restricted())
	apiserver.Eventually(t, "status", r.says(v1alpha1.ReasonMirrorEnforced))
	for name, attack := range map[string]func(context.Context) error{
		"a policy is deleted":  func(ctx context.Context) error { return server.Delete(ctx, policy(mirror.Name)) },
		"a binding is deleted": func(ctx context.Context) error { return server.Delete(ctx, binding(mirror.Name)) },
		"a condition holds everything back": func(ctx context.Context) error {
			p := policy(mirror.Name)
			if err := server.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
				return err
			}
			p.Spec.MatchConditions = append(p.Spec.MatchConditions, admissionv1.MatchCondition{Name: "never", Expression: "false"})
			return server.Update(ctx, p)
		},
		"a binding audits only": func(ctx context.Context) error {
			b := binding(mirror.Name)
			if err := server.Get(ctx, client.ObjectKeyFromObject(b), b); err != nil {
				return err
			}
			b.Spec.ValidationActions = []admissionv1.ValidationAction{admissionv1.Audit}
			return server.Update(ctx, b)
		},
	} {
		before := restored(r)
		if err := attack(t.Context()); err != nil {
			t.Fatal(err)
		}
		apiserver.Eventually(t, name, func(ctx context.Context) error {
			if restored(r) == before {
				return errors.New("it has not been put back")
			}
			return refuses(ctx)
		})
	}
}

func restored(r *replica) float64 {
	return testutil.ToFloat64(r.metrics.restored.WithLabelValues(edited)) + testutil.ToFloat64(r.metrics.restored.WithLabelValues(deleted))
}

// TestWhoDoesNotLeadWritesWhatIsNotThere has no leader at all.
func TestWhoDoesNotLeadWritesWhatIsNotThere(t *testing.T) {
	start(t, make(chan struct{}), "", restricted())
	apiserver.Eventually(t, "nobody leads", refuses)
}

func TestWithoutItsOwnerNothingIsWritten(t *testing.T) {
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "mirror-owner"}}
	server.With(t, role)
	r := start(t, nil, role.Name, restricted())
	apiserver.Eventually(t, "status", r.says(v1alpha1.ReasonMirrorEnforced))
	p := policy(mirror.Name)
	if err := server.Get(t.Context(), client.ObjectKeyFromObject(p), p); err != nil {
		t.Fatal(err)
	}
	if len(p.OwnerReferences) != 1 || p.OwnerReferences[0].UID != role.UID {
		t.Errorf("owners %v, want the ClusterRole", p.OwnerReferences)
	}
	r.stop()
	server.Without(t, role)
	server.Without(t, p)
	start(t, nil, role.Name, restricted()).stop()
	if err := server.Get(t.Context(), client.ObjectKeyFromObject(p), p); !apierrors.IsNotFound(err) {
		t.Errorf("the mirror is there although its owner is gone: %v", err)
	}
}

// TestAConditionThatFailsHidesNoOtherPolicy has one that the API server takes, and that
// is an error whenever it is asked.
func TestAConditionThatFailsHidesNoOtherPolicy(t *testing.T) {
	in := restricted()
	in.Policies = append(in.Policies, sample.Policy("theirs", &v1alpha1.Match{MatchConditions: []v1alpha1.MatchCondition{{
		Name: "new", Expression: "request.options.nonsense == 1",
	}}}))
	r := start(t, nil, "", in)
	apiserver.Eventually(t, "the other policy is mirrored", refuses)
	apiserver.Eventually(t, "status", r.says(v1alpha1.ReasonMirrorEnforced))
}

// crowd is the world with so many more restricted tenants.
func crowd(n int) snapshottest.Inputs {
	in := sample.World()
	for i := range n {
		in.Tenants = append(in.Tenants, sample.Tenant(fmt.Sprintf("tenant-%08x-0000", uint32(i)*2654435761), "lantern-sg", "1"))
	}
	return in
}

// TestManyNames writes as many names as the API server takes in one policy, and more, and
// takes one out and puts it in again (DOMICILE_CHANGES=n for n changes: make bench-mirror).
func TestManyNames(t *testing.T) {
	changes := 2
	if text := os.Getenv("DOMICILE_CHANGES"); text != "" {
		var err error
		if changes, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, names := range []int{45_000, 52_000, 100_000} {
		in := crowd(names)
		began := time.Now()
		r := start(t, nil, "", in)
		within(t, "the mirror is enforced", r.says(v1alpha1.ReasonMirrorEnforced, fmt.Sprintf("refuse %d tenants", names+1)))
		t.Logf("%d names: enforced after %s", names, time.Since(began).Round(100*time.Millisecond))
		if err := refuses(t.Context()); err != nil {
			t.Error(err)
		}
		with := snapshottest.Compile(in)
		in.Exemptions = exempted().Exemptions
		without := snapshottest.Compile(in)
		var out, back []time.Duration
		for i := range changes {
			if i%2 == 0 {
				out = append(out, r.follows(t, without, "a name is taken out", admits))
				within(t, "that is acknowledged", r.acknowledges)
			} else {
				back = append(back, r.follows(t, with, "a name is put in", refuses))
			}
		}
		t.Logf("%d names: one taken out after %s, one put in after %s", names, percentiles(out), percentiles(back))
		r.stop()
	}
}

// follows is how long it takes until the API server enforces another world.
func (r *replica) follows(t *testing.T, w *snapshot.Snapshot, what string, enforced func(context.Context) error) time.Duration {
	t.Helper()
	began := time.Now()
	r.holder.Store(w)
	within(t, what, enforced)
	return time.Since(began)
}

// acknowledges checks that lantern is known to be refused no more.
func (r *replica) acknowledges(context.Context) error {
	if r.Refuses("no-cn", "lantern") {
		return errors.New("it may still be refused")
	}
	return nil
}

func percentiles(of []time.Duration) string {
	if len(of) == 0 {
		return "nothing"
	}
	slices.Sort(of)
	at := func(q float64) time.Duration { return of[int(q*float64(len(of)-1)+0.5)].Round(10 * time.Millisecond) }
	return fmt.Sprintf("p50 %s, p99 %s (of %d)", at(0.5), at(0.99), len(of))
}

// within is Eventually for what takes long on a busy machine.
func within(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 2*time.Minute, true, func(ctx context.Context) (bool, error) {
		last = check(ctx)
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("%s: %v", what, last)
	}
}
