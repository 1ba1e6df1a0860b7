package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

type ctx = context.Context

// audits tries to make an object until the audit log has an answer, in that
// namespace, whose list of decisions has one with this beginning and end.
func (w *world) audits(t *testing.T, o *unstructured.Unstructured, begin, end string) map[string]string {
	t.Helper()
	var annotations map[string]string
	suite.Eventually(t, patience, "an audit annotation "+begin+"…"+end, func(ctx context.Context) (bool, error) {
		if err := w.admin.Create(ctx, o.DeepCopy(), client.DryRunAll); err != nil && reasons(err) == "" && !mirrored(err) {
			return false, err
		}
		events, err := w.AuditEvents(func(e *cluster.AuditEvent) bool {
			return e.ObjectRef.Namespace == o.GetNamespace() && e.Verb == "create" && e.Annotations["workloads.domicile.dev/action"] != ""
		})
		if err != nil {
			return false, err
		}
		for _, e := range events {
			for _, d := range strings.Split(e.Annotations["workloads.domicile.dev/decisions"], ",") {
				if strings.HasPrefix(d, begin) && strings.HasSuffix(d, end) {
					annotations = e.Annotations
				}
			}
		}
		return annotations != nil, nil
	})
	return annotations
}

func TestARefusalSaysWhatAPersonAndAMachineNeed(t *testing.T) {
	w := theWorld(t)
	err := w.admin.Create(t.Context(), deployment("shared", "web", "", claim("lantern-sg")))
	if mirrored(err) {
		return // with a sentence of its own: controllers/mirror tries that
	}
	got := status(err)
	want := `admission webhook "workloads.domicile.dev" denied the request: policy no-kp does not admit tenant lantern-sg: ` +
		`Lantern Singapore Pte. Ltd. (HQ SG) is 68 % held from KP: Lantern HK (HQ HK) 68 %, which is held 80 % by Lantern Group (HQ KP); ` +
		`for more: kubectl domicile explain tenant/lantern-sg --policy no-kp`
	if diff := cmp.Diff(want, got.Message); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if got.Code != 403 || got.Reason != "Forbidden" {
		t.Errorf("status %d %s", got.Code, got.Reason)
	}
	if got.Details == nil || len(got.Details.Causes) != 1 || got.Details.Causes[0].Type != "RestrictedOwner" ||
		got.Details.Causes[0].Field != "spec.template.metadata.annotations" {
		t.Errorf("details %+v", got.Details)
	}
}

func TestTheCommandOfARefusalWorks(t *testing.T) {
	w := theWorld(t)
	r, err := w.Kubectl(t.Context(), "", "domicile", "explain", "tenant/lantern-sg", "--policy", "no-kp")
	if err != nil {
		t.Fatal(err)
	}
	if r.Code != 0 || !strings.Contains(r.Stdout, "Lantern Group") {
		t.Errorf("exit code %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}

func TestEveryAnswerIsInTheAuditLog(t *testing.T) {
	w := theWorld(t)
	w.creates(t, deployment("meridian", "audited", "", ""))
	refused := w.admin.Create(t.Context(), deployment("lantern", "audited", "", ""))
	wantRefused(t, "restricted", refused, "RestrictedOwner")
	for _, tc := range []struct {
		reason, namespace string
		want              map[string]string
	}{
		{"admitted", "meridian", map[string]string{"policy": "no-kp", "tenant": "meridian", "verdict": "Clear", "reason": "NoRestrictedOwner", "action": "Allow"}},
		{"refused", "lantern", map[string]string{"policy": "no-kp", "tenant": "lantern-sg", "verdict": "Restricted", "reason": "RestrictedOwner", "action": "Deny"}},
	} {
		if tc.reason == "refused" && mirrored(refused) {
			continue // nobody was asked
		}
		events, err := w.WaitForAudit(t.Context(), tc.reason, func(e *cluster.AuditEvent) bool {
			return e.ObjectRef.Resource == "deployments" && e.ObjectRef.Namespace == tc.namespace && e.Verb == "create" &&
				e.Annotations["workloads.domicile.dev/verdict"] == tc.want["verdict"]
		})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for key := range tc.want {
			got[key] = events[0].Annotations["workloads.domicile.dev/"+key]
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
		if revision := events[0].Annotations["workloads.domicile.dev/snapshot-revision"]; len(revision) < 8 {
			t.Errorf("%s: snapshot revision %q", tc.reason, revision)
		}
	}
}

func TestADryRunGetsTheSameAnswer(t *testing.T) {
	w := theWorld(t)
	wantRefused(t, "restricted", w.admin.Create(t.Context(), pod("lantern", "a", ""), client.DryRunAll), "RestrictedOwner")
	if err := w.admin.Create(t.Context(), pod("meridian", "a", ""), client.DryRunAll); err != nil {
		t.Errorf("clear: %v", err)
	}
	hooks, err := w.configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, hook := range hooks {
		if effects := fmt.Sprint(hook["sideEffects"]); effects != "None" {
			t.Errorf("%v has side effects: %s", hook["name"], effects)
		}
	}
}
