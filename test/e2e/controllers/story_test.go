package controllers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// cast is the world of one subject. wanda may do everything in the namespace, but bind and
// claim nothing.
const cast = `
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: $NAME-group}
spec: {displayName: Lantern Group, type: Company, jurisdictions: {headquarters: $COUNTRY}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: $NAME}
spec: {parties: [{role: Customer, entity: {name: $NAME}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: $NAME, annotations: {domicile.dev/tenant: $NAME}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: wild, namespace: $NAME}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wild, namespace: $NAME}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wild}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: wanda}]
`

const (
	policy  = `{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: $NAME}, spec: {jurisdictions: {blocked: [$COUNTRY]}, enforcement: {existing: $EXISTING}}}`
	owned   = `{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: $NAME}, spec: {displayName: Lantern Singapore, type: Company, jurisdictions: {headquarters: SG}, interests: [{holder: {name: $NAME-group}, kind: Shareholding, share: {exact: "68"}}]}}`
	sold    = `{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: $NAME}, spec: {displayName: Lantern Singapore, type: Company, jurisdictions: {headquarters: SG}}}`
	licence = `{apiVersion: domicile.dev/v1alpha1, kind: TenantExemption, metadata: {name: $NAME}, spec: {tenantRef: {name: $NAME}, policyRef: {name: $NAME}, reason: Licensed., reference: L-1, approvedBy: counsel, expiresAt: "$TOMORROW"}}`
)

// story is a subject while its story is told.
type story struct {
	*subject
	w *world
	t *testing.T
}

// TestControllers tells the story of each kind.
func TestControllers(t *testing.T) {
	for _, o := range operators {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			w := theWorld(t)
			p := o.install(t, w)
			for _, s := range o.subjects {
				t.Run(s.name, func(t *testing.T) { (&story{subject: &s, w: w, t: t}).tell(p) })
			}
		})
	}
}

func (s *story) tell(p *program) {
	s.t.Helper()
	s.declare(strings.ReplaceAll(policy, "$EXISTING", "Report"))
	s.declare(cast)
	s.declare(sold)
	if s.objects != "" {
		s.declare(s.objects)
	}
	for _, o := range s.made("server") {
		s.creates(o)
	}
	s.waitsUntil("it runs", s.runsWith(s.pods))

	s.declare(owned)
	s.waitsUntil("another one is refused", func(ctx context.Context) error {
		err := s.w.wanda.Create(ctx, s.object("another"), client.DryRunAll)
		if !actor.Refused(err, "RestrictedOwner") {
			return fmt.Errorf("it is answered: %w", err)
		}
		return nil
	})
	pods := s.shrinks()

	s.declare(strings.ReplaceAll(policy, "$EXISTING", "Suspend"))
	s.waitsUntil("it is suspended", s.isSuspended)
	s.declare(sold)
	s.waitsUntil("it runs after the sale", s.runsWith(pods))
	s.waitsUntil("Domicile says so", s.says(v1alpha1.ReasonSuspensionComplete))

	s.declare(owned)
	s.waitsUntil("it is suspended again", s.isSuspended)
	s.isGivenBack(p)
	s.waitsUntil("Domicile says that all is as it should be", s.says(v1alpha1.ReasonSuspensionComplete))
	if o, err := s.live(s.t.Context()); err != nil || s.told == "" && s.stopped(o) {
		s.t.Errorf("Domicile says that everything is as it should be, and the controller that it is stopped: %v", err)
	}
	s.waitsUntil("it runs under the licence", s.runsWith(pods))
}

// creates has wanda make an object. A kind that was defined a moment ago is waited for.
func (s *story) creates(o *unstructured.Unstructured) {
	s.t.Helper()
	var failed error
	s.waitsUntil(o.GetKind()+" to be known", func(ctx context.Context) error {
		if failed = s.w.wanda.Create(ctx, o); meta.IsNoMatchError(failed) {
			return failed
		}
		return nil
	})
	if failed != nil {
		s.t.Fatal(failed)
	}
}

func (s *story) isNotMarked(ctx context.Context) error {
	if o, err := s.live(ctx); err != nil || o.GetLabels()[v1alpha1.SuspendedLabel] != "" {
		return fmt.Errorf("it says to be suspended: %w", err)
	}
	return nil
}

// isGivenBack says what is so while the controller of what was given back may do nothing.
// Kubernetes' own may.
func (s *story) isGivenBack(p *program) {
	s.t.Helper()
	if s.told != "" {
		s.declare(licence)
		s.waitsUntil("it is given back", s.isNotMarked)
		return
	}
	p.mayWork(s.t, s.w, false)
	s.declare(licence)
	s.waitsUntil("it is given back while its controller may do nothing", func(ctx context.Context) error {
		if err := s.isNotMarked(ctx); err != nil {
			return err
		}
		return s.says(v1alpha1.ReasonSuspensionInProgress)(ctx)
	})
	p.mayWork(s.t, s.w, true)
}

// shrinks makes the object smaller, and tries to make it larger. It returns how many Pods
// there are then.
func (s *story) shrinks() int {
	s.t.Helper()
	change := func(patch string) error {
		return s.w.wanda.Patch(s.t.Context(), s.object("server"), client.RawPatch(types.JSONPatchType, []byte(patch)))
	}
	pods := s.pods
	if s.less != "" {
		if err := change(s.less); err != nil {
			s.t.Errorf("it may not shrink: %v", err)
		}
		pods = s.lessPods
	}
	s.waitsUntil("it runs with less", s.runsWith(pods))
	if s.more != "" {
		if err := change(s.more); !actor.Refused(err, "RestrictedOwner") {
			s.t.Errorf("it grows: %v", err)
		}
	}
	return pods
}

// fill fills in the names of a manifest.
func (s *story) fill(text string) string {
	return strings.NewReplacer("$NAME", s.name, "$COUNTRY", s.country, "$TOMORROW", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)).Replace(text)
}

func (s *story) declare(manifests string) {
	s.t.Helper()
	if err := s.w.admin.Declare(s.t.Context(), actor.Objects(s.fill(manifests))...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) object(name string) *unstructured.Unstructured {
	return actor.Objects(strings.ReplaceAll(s.fill(s.manifest), "$OBJECT", name))[0]
}

// made are what wanda makes with an object: it comes last.
func (s *story) made(name string) (all []*unstructured.Unstructured) {
	if s.besides != "" {
		all = actor.Objects(strings.ReplaceAll(s.fill(s.besides), "$OBJECT", name))
	}
	return append(all, s.object(name))
}

// live is the object as it is, or what tells of it.
func (s *story) live(ctx context.Context) (*unstructured.Unstructured, error) {
	o := s.object("server")
	if s.told != "" {
		o = actor.Objects(strings.ReplaceAll(s.fill(s.told), "$OBJECT", "server"))[0]
	}
	err := s.w.admin.Get(ctx, client.ObjectKeyFromObject(o), o)
	return o, err
}

func (s *story) waitsUntil(what string, holds func(context.Context) error) {
	s.t.Helper()
	var last error // not that the time is up
	suite.Eventually(s.t, patience, what, func(ctx context.Context) (bool, error) {
		err := holds(ctx)
		if ctx.Err() == nil {
			last = err
		}
		return err == nil, last
	})
}

// runsWith says whether the controller says that the object runs, with so many Pods.
func (s *story) runsWith(pods int) func(context.Context) error {
	return func(ctx context.Context) error {
		o, err := s.live(ctx)
		if err != nil {
			return err
		}
		if n, err := s.running(ctx); err != nil || n != pods {
			return fmt.Errorf("%d Pods run, not %d: %w", n, pods, err)
		}
		if !s.runs(o) {
			return fmt.Errorf("its status is %v", o.Object["status"])
		}
		return nil
	}
}

// isSuspended says whether the controller says that the object is suspended, without Pods,
// and Domicile that there is no more to do.
func (s *story) isSuspended(ctx context.Context) error {
	o, err := s.live(ctx)
	switch {
	case s.stopped == nil && err == nil:
		return errors.Join(errors.New("it is there"), s.letGo(ctx))
	case s.stopped == nil && !apierrors.IsNotFound(err), s.stopped != nil && err != nil:
		return err
	}
	if n, err := s.running(ctx); err != nil || n != 0 {
		return fmt.Errorf("%d Pods run: %w", n, err)
	}
	if s.stopped != nil && !s.stopped(o) {
		return fmt.Errorf("its status is %v", o.Object["status"])
	}
	return s.says(v1alpha1.ReasonSuspensionComplete)(ctx)
}

// letGo deletes what keeps the Pods, when all are evicted.
func (s *story) letGo(ctx context.Context) error {
	var pods corev1.PodList
	if err := s.w.admin.List(ctx, &pods, client.InNamespace(s.name)); err != nil || s.keeper == "" {
		return err
	}
	for i := range pods.Items {
		if pods.Items[i].DeletionTimestamp == nil {
			return nil
		}
	}
	keeper := actor.Objects(strings.ReplaceAll(s.fill(s.keeper), "$OBJECT", "server"))[0]
	return client.IgnoreNotFound(s.w.admin.Delete(ctx, keeper))
}

// says says whether the condition of the policy has a reason.
func (s *story) says(reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		p := actor.Objects(s.fill(policy))[0]
		if err := s.w.admin.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
			return err
		}
		for _, c := range itemsAt(p, "status", "conditions") {
			if c["type"] == v1alpha1.ConditionSuspension {
				if c["reason"] == reason {
					return nil
				}
				return fmt.Errorf("Domicile says %v: %v", c["reason"], c["message"])
			}
		}
		return errors.New("Domicile says nothing")
	}
}

// running counts the Pods of the namespace that run. It is the kubelet of those that wait
// for a node that there is none of.
func (s *story) running(ctx context.Context) (n int, err error) {
	var pods corev1.PodList
	if err := s.w.admin.List(ctx, &pods, client.InNamespace(s.name)); err != nil {
		return 0, err
	}
	var errs []error
	for i := range pods.Items {
		pod := &pods.Items[i]
		waits := pod.Status.Phase == corev1.PodPending && pod.Spec.NodeSelector["waits"] != "" && len(pod.Spec.SchedulingGates) == 0
		if waits && pod.DeletionTimestamp == nil {
			errs = append(errs, s.w.admin.Status().Patch(ctx, pod, client.RawPatch(types.MergePatchType, []byte(kubeletSays))))
		}
		if pod.Status.Phase == corev1.PodRunning {
			n++
		}
	}
	return n, client.IgnoreNotFound(errors.Join(errs...))
}

// kubeletSays is what a kubelet says of a Pod of which all containers run.
const kubeletSays = `{"status": {"phase": "Running", "conditions": [{"type": "ContainersReady", "status": "True"}, {"type": "Ready", "status": "True"}]}}`
