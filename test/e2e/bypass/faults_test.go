package bypass

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

var getOptions = metav1.GetOptions{}

func listOf(selector string) metav1.ListOptions { return metav1.ListOptions{LabelSelector: selector} }

// largeJob is a Job of a megabyte of "<".
func largeJob() []byte {
	text := []byte(strings.Repeat("<", 1000000))
	const job = `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"large"},"spec":{"template":{"spec":{"restartPolicy":"Never","nodeSelector":{"no":"node"},"containers":[{"name":"c","image":"example.org/c:1","args":["%s"]}]}}}}`
	return fmt.Appendf(nil, job, text)
}

// lease says who leads, in words of its own.
func (w *world) lease(ctx context.Context) (string, error) {
	lease, err := w.admin.Typed.CoordinationV1().Leases(systemNamespace).Get(ctx, "domicile", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	return ptr.Deref(lease.Spec.HolderIdentity, ""), nil
}

// leader is the replica that leads, and its lease.
func (w *world) leader(t *testing.T) (replica int, lease string) {
	t.Helper()
	suite.Eventually(t, patience, "a leader", func(ctx context.Context) (bool, error) {
		var err error
		lease, err = w.lease(ctx)
		return lease != "", err
	})
	replica, err := w.manager.Leader()
	if err != nil || replica < 0 {
		t.Fatalf("no replica says that it leads: %v", err)
	}
	return replica, lease
}

// TestAReplicaThatIsCutOffIsNoWay is attacks/03-stale-replica.md: it serves over the
// connections that the API server has, and does not learn that Harbour was sold.
func TestAReplicaThatIsCutOffIsNoWay(t *testing.T) {
	w := theWorld(t)
	// A leader that is cut off ends, which is no test of the others.
	leader, _ := w.leader(t)
	serving := (leader + 1) % w.manager.Replicas()
	creates := func(ctx context.Context) error {
		return w.admin.Create(ctx, object(on(pod("harbour", ""))), client.DryRunAll)
	}
	w.manager.Only(serving)
	w.manager.Cut(serving)
	heal := sync.OnceFunc(func() { w.manager.Heal(serving) })
	headquarters := func(ctx context.Context, place string) error {
		entity := object(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: harbour-trading}}`)
		return w.admin.Patch(ctx, entity, client.RawPatch(patches["merge"], fmt.Appendf(nil, `{"spec":{"jurisdictions":{"headquarters":%q}}}`, place)))
	}
	t.Cleanup(func() {
		heal()
		w.manager.Only(-1)
		suite.Eventually(t, patience, "Harbour to be clear again", func(ctx context.Context) (bool, error) {
			err := errors.Join(headquarters(ctx, "NZ"), creates(ctx))
			return err == nil && w.manager.Ready(serving), err
		})
	})
	// Validation goes to the replica as well, which has nothing to ask for it.
	if err := headquarters(t.Context(), "CN"); err != nil {
		t.Fatal(err)
	}
	if err := creates(t.Context()); err != nil {
		t.Fatalf("within the bound the old world counts, or this test shows nothing: %v", err)
	}
	suite.Eventually(t, patience, "it to decide nothing any more", func(ctx context.Context) (bool, error) {
		err := creates(ctx)
		return err != nil, err
	})
	for range 24 {
		if err := creates(t.Context()); err == nil {
			t.Error("admitted from an old world")
		}
	}
	w.manager.Only(-1)
	suite.Eventually(t, patience, "the others to know", func(ctx context.Context) (bool, error) {
		err := creates(ctx)
		if err == nil {
			t.Error("admitted from an old world")
		}
		return is(err, never), err
	})
	heal()
	suite.Eventually(t, patience, "it to be ready again", func(context.Context) (bool, error) { return w.manager.Ready(serving), nil })
}

// TestAHoleInTheConfigurationIsClosedWithoutALeader is attacks/10-configuration-hole.sh.
func TestAHoleInTheConfigurationIsClosedWithoutALeader(t *testing.T) {
	w := theWorld(t)
	dead, lease := w.leader(t)
	w.manager.KillReplica(dead)
	t.Cleanup(func() {
		if err := w.manager.StartReplica(context.WithoutCancel(t.Context()), dead); err != nil {
			t.Error(err)
		}
	})
	configuration := object(`{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: domicile}}`)
	if err := w.admin.Delete(t.Context(), configuration.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "the configuration", func(ctx context.Context) (bool, error) {
		err := w.admin.Get(ctx, client.ObjectKeyFromObject(configuration), configuration)
		return err == nil, err
	})
	now, err := w.lease(t.Context())
	if err != nil || now != lease {
		t.Errorf("it took until another replica led, by lease %q in the place of %q: %v", now, lease, err)
	}
	suite.Eventually(t, patience, "the API server to ask again", func(ctx context.Context) (bool, error) {
		err := w.admin.Create(ctx, object(on(pod("lantern", ""))), client.DryRunAll)
		return is(err, never), err
	})
}

// TestWhatCameInThroughAHoleIsFoundAtOnce deletes the configuration, and creates Pods until
// they are refused again.
func TestWhatCameInThroughAHoleIsFoundAtOnce(t *testing.T) {
	w := theWorld(t)
	configuration := object(`{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: domicile}}`)
	var in []string
	for try := 0; try < 5 && len(in) == 0; try++ {
		if err := w.admin.Delete(t.Context(), configuration.DeepCopy()); err != nil {
			t.Fatal(err)
		}
		refused := 0
		for n := 0; refused < 20; n++ { // an API server that has not seen yet that it is gone refuses, too
			name := fmt.Sprintf("hole-%d-%d", try, n)
			p := object(on(pod("lantern", "")))
			p.SetName(name)
			switch err := w.admin.Create(t.Context(), p); {
			case err == nil:
				in, refused = append(in, name), 0
			case is(err, never):
				refused++
			default:
				t.Fatal(err)
			}
		}
	}
	if len(in) == 0 {
		t.Fatal("there was no hole, so that nothing is tried")
	}
	for _, name := range in {
		w.reported(t, "lantern-on", "Pod", name, "lantern")
	}
	for _, name := range in {
		if err := w.admin.Delete(t.Context(), object("{apiVersion: v1, kind: Pod, metadata: {name: "+name+", namespace: lantern-on}}"), client.GracePeriodSeconds(0)); err != nil {
			t.Error(err)
		}
	}
}

// result is what the report of a namespace says of an object.
type result struct {
	Rule       string                   `json:"rule"`
	Message    string                   `json:"message"`
	Resources  []corev1.ObjectReference `json:"resources"`
	Properties map[string]string        `json:"properties"`
}

// reported waits until the audit says something of an object.
func (w *world) reported(t *testing.T, namespace, kind, name, reason string) result {
	t.Helper()
	var found result
	suite.Eventually(t, patience, "a report of "+kind+" "+name+": "+reason, func(ctx context.Context) (bool, error) {
		u := &unstructured.Unstructured{}
		u.SetAPIVersion("openreports.io/v1alpha1")
		u.SetKind("Report")
		if err := w.admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "domicile"}, u); err != nil {
			return false, err
		}
		var report struct {
			Results []result `json:"results"`
		}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &report); err != nil {
			return false, err
		}
		for _, r := range report.Results {
			text, err := json.Marshal(r)
			if err != nil {
				return false, err
			}
			if r.Resources[0].Kind == kind && r.Resources[0].Name == name && strings.Contains(string(text), reason) {
				found = r
				return true, nil
			}
		}
		return false, fmt.Errorf("it has %v", report.Results)
	})
	return found
}

// TestTheAuditFindsWhatAdmissionCouldNot: what was there before anybody was asked.
func TestTheAuditFindsWhatAdmissionCouldNot(t *testing.T) {
	w := theWorld(t)
	w.reported(t, "lantern-on", "Deployment", "web", "lantern")
	if r := w.reported(t, "lantern-on", "Pod", "static", "lantern"); r.Properties["mirror"] != "true" {
		t.Errorf("nobody is told that a kubelet runs it: %v", r)
	}
	node, err := w.as("system:node:node-0 in system:nodes")
	if err != nil {
		t.Fatal(err)
	}
	shown := object(on(`{apiVersion: v1, kind: Pod, metadata: {name: shown-node-0, namespace: lantern-$HALF, annotations: {kubernetes.io/config.mirror: a}}, spec: {nodeName: node-0, $CONTAINER}}`))
	if err := node.Create(t.Context(), shown, client.DryRunAll); err != nil {
		t.Errorf("a node may not show what it runs, so nobody would find it: %v", err)
	}
}

// TestASecretThatIsAwaitedIsFound is attacks/05-dangling-secret.sh: a Pod waits for a
// Secret that its owner has yet to create.
func TestASecretThatIsAwaitedIsFound(t *testing.T) {
	w := theWorld(t)
	harry, err := w.as("harry")
	if err != nil {
		t.Fatal(err)
	}
	waits := object(on(`{apiVersion: v1, kind: Pod, metadata: {name: waits, namespace: shared-$HALF, annotations: {domicile.dev/tenant: harbour}}, spec: {nodeSelector: {no: node}, ` + fmt.Sprintf(envFrom, "next") + `}}`))
	if err := harry.Create(t.Context(), waits); err != nil {
		t.Fatalf("what is not there is nobody's: %v", err)
	}
	next := object(on(`{apiVersion: v1, kind: Secret, metadata: {name: next, namespace: shared-$HALF, labels: {domicile.dev/api-key: "true"}, $MERIDIAN}, stringData: {key: a}}`))
	if err := w.admin.Create(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	w.reported(t, "shared-on", "Pod", "waits", foreign)
}
