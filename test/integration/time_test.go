package integration

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
	"github.com/domicile-dev/domicile/webhook"
)

// answered is what one replica said about an object, and when it was asked.
type answered struct {
	*admissionv1.AdmissionResponse
	before, after time.Time
}

// asks asks one replica whether a pod may be created, as the API server would.
func (w *world) asks(t *testing.T, replica int, pod *unstructured.Unstructured) answered {
	t.Helper()
	raw, err := json.Marshal(pod.Object)
	if err != nil {
		t.Fatal(err)
	}
	gvk := metav1.GroupVersionKind(pod.GroupVersionKind())
	gvr := metav1.GroupVersionResource{Version: "v1", Resource: "pods"}
	body, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: types.UID(pod.GetName()), Kind: gvk, RequestKind: &gvk, Resource: gvr, RequestResource: &gvr,
			Namespace: pod.GetNamespace(), Name: pod.GetName(), Operation: admissionv1.Create, Object: runtime.RawExtension{Raw: raw},
			UserInfo: authenticationv1.UserInfo{Username: "admin", Groups: []string{"system:masters"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	address, err := w.manager.Address(replica, "webhook")
	if err != nil {
		t.Fatal(err)
	}
	// Whom the test asks is known: it has started that process itself.
	direct := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	before := time.Now()
	response, err := direct.Post("https://"+address+webhook.WorkloadPath+"?timeout=10s", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(response.Body).Decode(&review); err != nil {
		t.Fatal(err)
	}
	return answered{review.Response, before, time.Now()}
}

// atTheSecond lets a date come. Declare makes a world in which a pod is admitted
// until an instant and refused from then on; told says whether an answer shows
// that the replica knows it. Every replica must have said so before that
// instant, must say so until then, and must refuse from then on. What takes too
// long on a busy machine is tried again with a later date.
func (w *world) atTheSecond(t *testing.T, pod *unstructured.Unstructured, declare func(until time.Time), told func(answered, time.Time) bool) {
	t.Helper()
	until := time.Time{}
	for lead, ready := 3*time.Second, false; !ready; lead *= 2 {
		if lead > patience {
			t.Fatal("no replica has followed in time")
		}
		until = time.Now().Add(lead).Truncate(time.Second)
		declare(until)
		ready = w.everyReplica(t, "to know the date", func(replica int) (bool, bool) {
			a := w.asks(t, replica, pod)
			return told(a, until), time.Now().Before(until)
		})
	}
	for replica := range w.manager.Replicas() {
		suite.Eventually(t, patience, fmt.Sprintf("replica %d to refuse from %s on", replica, until), func(context.Context) (bool, error) {
			a := w.asks(t, replica, pod)
			switch {
			case !a.Allowed && a.after.Before(until):
				t.Errorf("replica %d refused at %s, before %s", replica, a.after, until)
			case a.Allowed && !a.before.Before(until):
				t.Errorf("replica %d admitted at %s, which is not before %s", replica, a.before, until)
			case a.Allowed && a.after.Before(until) && !told(a, until):
				t.Errorf("replica %d has forgotten what it said: %+v", replica, a.AdmissionResponse)
			}
			return !a.Allowed, nil
		})
	}
}

// everyReplica waits until something is so at every replica; false if it is not
// worth waiting any longer.
func (w *world) everyReplica(t *testing.T, what string, holds func(replica int) (so, worth bool)) bool {
	t.Helper()
	all := true
	for replica := range w.manager.Replicas() {
		suite.Eventually(t, patience, fmt.Sprintf("replica %d %s", replica, what), func(context.Context) (bool, error) {
			so, worth := holds(replica)
			all = all && (so || worth)
			return so || !worth, nil
		})
	}
	return all
}

// generations are those of objects that nobody is to touch.
func (w *world) generations(t *testing.T, list ...*unstructured.Unstructured) string {
	t.Helper()
	var text strings.Builder
	for _, o := range list {
		if err := w.admin.Get(t.Context(), client.ObjectKeyFromObject(o), o); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s %s %d; ", o.GetKind(), o.GetName(), o.GetGeneration())
	}
	return text.String()
}

// TestANoticePeriodEndsAtTheSecondOnEveryReplica announces a policy and lets the
// date come.
func TestANoticePeriodEndsAtTheSecondOnEveryReplica(t *testing.T) {
	w := theWorld(t)
	w.declares(t, tenantFrom("elm", "YE"))
	w.declares(t, policy("announced", "YE", `enforcement: {effectiveFrom: "2126-01-01T00:00:00Z"}`))
	p := object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: announced}}`)
	probe, generations := pod("shared", "elm", "elm"), ""
	w.atTheSecond(t, probe, func(until time.Time) {
		date := fmt.Sprintf(`{"spec":{"enforcement":{"effectiveFrom":%q}}}`, until.UTC().Format(time.RFC3339))
		if err := w.admin.Patch(t.Context(), p, client.RawPatch(types.MergePatchType, []byte(date))); err != nil {
			t.Fatal(err)
		}
		generations = w.generations(t, p)
	}, func(a answered, until time.Time) bool {
		want := "from " + until.UTC().Format(time.RFC3339) + " policy announced does not admit tenant elm: elm Ltd. has its headquarters in YE, which is blocked"
		return a.Allowed && len(a.Warnings) == 1 && a.Warnings[0] == want
	})
	if now := w.generations(t, p); now != generations {
		t.Errorf("somebody has touched the policy: %s became %s", generations, now)
	}
	wantRefused(t, "through the API server", w.admin.Create(t.Context(), probe, client.DryRunAll), "RestrictedJurisdiction")
	w.tenantIs(t, "elm", "announced", "Deny", "")
}

// TestAnExemptionExpiresAtTheSecondOnEveryReplica exempts a tenant for seconds.
func TestAnExemptionExpiresAtTheSecondOnEveryReplica(t *testing.T) {
	w := theWorld(t)
	w.declares(t, tenantFrom("oak", "ZW"))
	w.declares(t, policy("no-zw", "ZW", ""))
	probe := pod("shared", "oak", "oak")
	w.refuses(t, probe, "RestrictedJurisdiction")
	licence, generations := waiver("oak-licence", "oak", "no-zw", "2126-01-01T00:00:00Z"), ""
	w.deletesAtTheEnd(t, licence)
	w.atTheSecond(t, probe, func(until time.Time) {
		if err := w.admin.Declare(t.Context(), waiver("oak-licence", "oak", "no-zw", until.UTC().Format(time.RFC3339))); err != nil {
			t.Fatal(err)
		}
		generations = w.generations(t, licence)
	}, func(a answered, _ time.Time) bool {
		return a.Allowed && len(a.Warnings) == 0 && a.AuditAnnotations["exemptions"] == "oak-licence" &&
			a.AuditAnnotations["decisions"] == "no-kp/oak/Clear/NoRestrictedOwner/Allow,no-zw/oak/Restricted/RestrictedJurisdiction/Allow"
	})
	if now := w.generations(t, licence); now != generations {
		t.Errorf("somebody has touched the exemption: %s became %s", generations, now)
	}
	wantRefused(t, "through the API server", w.admin.Create(t.Context(), probe, client.DryRunAll), "RestrictedJurisdiction")
	w.tenantIs(t, "oak", "no-zw", "Deny", "")
	w.exemptionIs(t, "oak-licence", "False", "Expired")
}

// tenantIs waits for what a tenant's status says that a policy does with it, and
// because of which exemption.
func (w *world) tenantIs(t *testing.T, tenant, policy, action, exemption string) {
	t.Helper()
	suite.Eventually(t, patience, fmt.Sprintf("status of tenant %s to say %s of %s %s", tenant, action, policy, exemption), func(ctx context.Context) (bool, error) {
		v, err := w.verdictOf(ctx, tenant, policy)
		if err != nil {
			return false, err
		}
		named, _ := v["exemption"].(string)
		return v["action"] == action && named == exemption, fmt.Errorf("it says %v", v)
	})
}

// verdictOf is what a tenant's status says of a policy.
func (w *world) verdictOf(ctx context.Context, tenant, policy string) (map[string]any, error) {
	o := object(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: %s}}`, tenant)
	if err := w.admin.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
		return nil, err
	}
	verdicts, _, err := unstructured.NestedSlice(o.Object, "status", "verdicts")
	if err != nil {
		return nil, err
	}
	for _, v := range verdicts {
		if verdict, ok := v.(map[string]any); ok && verdict["policy"] == policy {
			return verdict, nil
		}
	}
	return nil, nil
}

// TestStatusNamesTheNextChange declares what will happen one day, in both
// directions, and reads it off.
func TestStatusNamesTheNextChange(t *testing.T) {
	w := theWorld(t)
	// Far enough from today that no midnight gets between.
	closes := time.Now().UTC().AddDate(0, 0, 2).Format(time.DateOnly)
	w.declares(t, tenantFrom("beech", "MM"))
	w.declares(t, fmt.Sprintf(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: %[1]s},
  spec: {displayName: Bought Ltd., type: Company, jurisdictions: {headquarters: NZ},
    interests: [{holder: {name: beech}, kind: Shareholding, share: {exact: "60"}, since: %[2]q}]}}
---
{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: %[1]s}, spec: {parties: [{role: Customer, entity: {name: %[1]s}}], namespaces: {names: [shared]}}}
---
{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: sold},
  spec: {displayName: Sold Ltd., type: Company, jurisdictions: {headquarters: NZ},
    interests: [{holder: {name: beech}, kind: Shareholding, share: {exact: "60"}, until: %[2]q}]}}
---
{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: sold}, spec: {parties: [{role: Customer, entity: {name: sold}}], namespaces: {names: [shared]}}}`, "bought", closes))
	w.declares(t, policy("no-mm", "MM", ""))
	w.creates(t, waiver("beech-licence", "beech", "no-mm", "2126-01-01T00:00:00Z"))
	for tenant, want := range map[string]string{
		"bought": fmt.Sprintf("map[action:Deny at:%sT00:00:00Z cause:OwnershipChanges verdict:Restricted]", closes),
		"sold":   fmt.Sprintf("map[action:Allow at:%sT00:00:00Z cause:OwnershipChanges verdict:Clear]", closes),
		"beech":  "map[action:Deny at:2126-01-01T00:00:00Z cause:ExemptionExpires verdict:Restricted]",
	} {
		suite.Eventually(t, patience, "status.next of tenant "+tenant, func(ctx context.Context) (bool, error) {
			v, err := w.verdictOf(ctx, tenant, "no-mm")
			if err != nil {
				return false, err
			}
			return fmt.Sprint(v["next"]) == want, fmt.Errorf("got %v, want %s", v["next"], want)
		})
	}
	p := object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: no-mm}}`)
	suite.Eventually(t, patience, "status.nextChange of the policy", func(ctx context.Context) (bool, error) {
		if err := w.admin.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
			return false, err
		}
		next, _, err := unstructured.NestedMap(p.Object, "status", "nextChange")
		if err != nil {
			return false, err
		}
		want := fmt.Sprintf("map[at:%sT00:00:00Z cause:OwnershipChanges tenants:2]", closes)
		return fmt.Sprint(next) == want, fmt.Errorf("got %v, want %s", next, want)
	})

	// The same answers for any instant, from the live cluster.
	for at, want := range map[string]string{"": "Clear", closes + "T00:00:00Z": "Restricted"} {
		args := []string{"domicile", "explain", "tenant/bought", "--policy", "no-mm"}
		if at != "" {
			args = append(args, "--at", at)
		}
		r, err := w.Kubectl(t.Context(), "", args...)
		if err != nil {
			t.Fatal(err)
		}
		if r.Code != 0 || !strings.Contains(r.Stdout, "policy no-mm, "+want) {
			t.Errorf("at %q: exit code %d\n%s%s", at, r.Code, r.Stdout, r.Stderr)
		}
	}
	r, err := w.Kubectl(t.Context(), "", "domicile", "explain", "tenant/beech", "--policy", "no-mm")
	if err != nil {
		t.Fatal(err)
	}
	if want := "tenant beech is exempted until 2126-01-01T00:00:00Z by beech-licence (L-2026-0117)"; !strings.Contains(r.Stdout, want) {
		t.Errorf("exit code %d, want %q in\n%s%s", r.Code, want, r.Stdout, r.Stderr)
	}
}
