package integration

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// Lantern Group, of TV, holds Lantern HK in one register, which is known by its
// LEI in another one, where it holds Lantern Singapore.
const (
	groupRegister = `{"id":"g","schema":"Company","properties":{"name":["Lantern Group"],"mainCountry":["tv"]}}
{"id":"h","schema":"Company","properties":{"name":["Lantern HK"],"jurisdiction":["hk"],"leiCode":["ZZZZ00LANTERNHK00050"]}}
{"id":"gh","schema":"Ownership","properties":{"owner":["g"],"asset":["h"],"percentage":["80"]}}
`
	lanternRegister = `{"id":"hk","schema":"Company","properties":{"name":["Lantern HK"],"jurisdiction":["hk"],"leiCode":["ZZZZ00LANTERNHK00050"]}}
{"id":"s","schema":"Company","properties":{"name":["Lantern Singapore Pte. Ltd."],"jurisdiction":["sg"]}}
{"id":"hs","schema":"Ownership","properties":{"owner":["hk"],"asset":["s"],"percentage":["68"]}}
`
)

// registered is a manifest of a register in FollowTheMoney.
func registered(name, source, more string) string {
	return fmt.Sprintf(`{apiVersion: domicile.dev/v1alpha1, kind: OwnershipRegister, metadata: {name: %s},
  spec: {format: FollowTheMoney, interval: 10s, source: {%s}%s}}`, name, source, more)
}

// bulk declares a policy that blocks TV, and a tenant that is a register's s.
func (w *world) bulk(t *testing.T, register string) *unstructured.Unstructured {
	t.Helper()
	w.declares(t, fmt.Sprintf(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: no-tv},
  spec: {jurisdictions: {blocked: [TV]}, enforcement: {indeterminate: Deny}}}
---
{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: bulk},
  spec: {parties: [{role: Customer, entity: {identifier: {scheme: OREG.%s, id: s}}}], namespaces: {names: [shared]}}}`, strings.ToUpper(register)))
	return pod("shared", "bulk", "bulk")
}

// registerSays waits until the status of a register has a reason and a text in
// its message.
func (w *world) registerSays(t *testing.T, name, reason, text string) *unstructured.Unstructured {
	t.Helper()
	r := object(`{apiVersion: domicile.dev/v1alpha1, kind: OwnershipRegister, metadata: {name: %s}}`, name)
	suite.Eventually(t, patience, "register "+name+" to be "+reason+": "+text, func(ctx context.Context) (bool, error) {
		if err := w.admin.Get(ctx, client.ObjectKeyFromObject(r), r); err != nil {
			return false, err
		}
		conditions, _, err := unstructured.NestedSlice(r.Object, "status", "conditions")
		if err != nil || len(conditions) != 1 {
			return false, fmt.Errorf("conditions %v (%w)", conditions, err)
		}
		c, _ := conditions[0].(map[string]any)
		message, _ := c["message"].(string)
		return c["reason"] == reason && strings.Contains(message, text), fmt.Errorf("it is %v", c)
	})
	return r
}

// refusedByAll is refuses of every replica: requests go to one after the other.
func (w *world) refusedByAll(t *testing.T, object *unstructured.Unstructured, reason string) {
	t.Helper()
	for range 3 * w.manager.Replicas() {
		w.refuses(t, object, reason)
	}
}

func (w *world) admittedByAll(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	for range 3 * w.manager.Replicas() {
		w.admits(t, object)
	}
}

func TestAChainThroughSeveralRegistersIsFollowed(t *testing.T) {
	w := theWorld(t)
	group := w.sources.site(t, groupRegister)
	registry := w.sources.registry(t)
	digest := w.sources.push(t, registry+"/ownership/lantern:2026", "lantern.json", lanternRegister)
	tenant := w.bulk(t, "lantern")
	w.refusedByAll(t, tenant, "PartyNotFound")

	w.declares(t, registered("lantern", `oci: {reference: "`+registry+`/ownership/lantern:2026"}`, ", checksum: "+digest))
	w.registerSays(t, "lantern", "Loaded", "In use")
	w.admittedByAll(t, tenant)
	w.declares(t, registered("group", `https: {urls: ["`+group.URL+`/group.json?key=secret"]}`, ""))
	w.refusedByAll(t, tenant, "RestrictedOwner")
	err := w.admin.Create(t.Context(), tenant.DeepCopy(), client.DryRunAll)
	for _, want := range []string{"Lantern Singapore Pte. Ltd.", "Lantern HK", "Lantern Group", "TV"} {
		if !strings.Contains(status(err).Message, want) {
			t.Errorf("the refusal does not tell of %s: %v", want, err)
		}
	}

	// The source gives other data: the verdict follows without a restart.
	group.set(func(s *site) { s.text = strings.Replace(groupRegister, `"80"`, `"8"`, 1) })
	w.admittedByAll(t, tenant)
	group.set(func(s *site) { s.text = groupRegister + "\n" })
	w.refusedByAll(t, tenant, "RestrictedOwner")

	// It fails, gives nonsense, or leads elsewhere: what was there stays.
	for _, tc := range []struct {
		change       func(*site)
		reason, text string
	}{
		{func(s *site) { s.answer = http.StatusForbidden }, "FetchFailed", "Forbidden"},
		{func(s *site) {
			s.redirect = strings.Replace(s.URL, "https:", "http:", 1) + "/?key=secret"
		}, "FetchFailed", "over https only"},
		{func(s *site) { s.redirect = "https://169.254.169.254/latest/?key=secret" }, "FetchFailed", "no register is fetched from 169.254.169.254"},
		{func(s *site) { s.redirect, s.answer, s.text = "", 0, "{}\n{}\n" }, "TooManyRefused", "2 of 2 records"},
	} {
		group.set(tc.change)
		w.registerSays(t, "group", tc.reason, tc.text)
		r := w.registerSays(t, "group", tc.reason, "stays in use")
		if text, err := r.MarshalJSON(); err != nil || strings.Contains(strings.ReplaceAll(string(text), "group.json?key=secret", ""), "secret") {
			t.Errorf("the status tells a secret: %s (%v)", text, err)
		}
		w.refusedByAll(t, tenant, "RestrictedOwner")
	}
	suite.Eventually(t, patience, "an event about the register", func(ctx context.Context) (bool, error) {
		list := &unstructured.UnstructuredList{}
		list.SetAPIVersion("events.k8s.io/v1")
		list.SetKind("EventList")
		if err := w.admin.List(ctx, list); err != nil {
			return false, err
		}
		for _, e := range list.Items {
			if name, _, _ := unstructured.NestedString(e.Object, "regarding", "name"); name == "group" && e.Object["reason"] == "FetchFailed" {
				return true, nil
			}
		}
		return false, nil
	})

	// The register goes, and with it what it said.
	if err := w.admin.Delete(t.Context(), object(`{apiVersion: domicile.dev/v1alpha1, kind: OwnershipRegister, metadata: {name: group}}`)); err != nil {
		t.Fatal(err)
	}
	w.admittedByAll(t, tenant)
}

func TestRegistersThatCannotBeLoadedMakeNobodyClear(t *testing.T) {
	w := theWorld(t)
	if err := os.WriteFile(filepath.Join(w.sources.folder, "lantern.json"), []byte(lanternRegister), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"token": w.sources.key, "up": "../tls.key"} {
		if err := os.Symlink(to, filepath.Join(w.sources.folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := w.sources.site(t, "")
	elsewhere.set(func(s *site) { s.redirect = strings.Replace(s.URL, "https:", "http:", 1) })
	tenant := w.bulk(t, "lantern")
	w.declares(t, registered("lantern", "file: {paths: [lantern.json]}", ""))
	w.admittedByAll(t, tenant)
	for _, tc := range []struct{ name, source, more, reason, text string }{
		{"absolute-link", "file: {paths: [token]}", "", "FetchFailed", "escapes"},
		{"relative-link", "file: {paths: ['u*']}", "", "FetchFailed", "escapes"},
		{"no-file", "file: {paths: [nowhere.json]}", "", "FetchFailed", "nowhere.json"},
		{"other-file", "file: {paths: [lantern.json]}", ", checksum: sha256:" + strings.Repeat("0", 64), "ChecksumMismatch", "lantern.json is sha256:"},
		{"to-http", `https: {urls: ["` + elsewhere.URL + `"]}`, "", "FetchFailed", "over https only"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w.declares(t, registered(tc.name, tc.source, tc.more))
			w.registerSays(t, tc.name, tc.reason, tc.text)
			w.registerSays(t, tc.name, tc.reason, "nobody is Clear")
			w.refusedByAll(t, tenant, "RegisterUnavailable")
		})
		w.admittedByAll(t, tenant)
	}
}

func TestRegistersAreValidated(t *testing.T) {
	w := theWorld(t)
	for _, tc := range []struct{ reason, source, want string }{
		{"the CRD cannot read patterns", "file: {paths: ['[a']}", "spec.source.file.paths[0]"},
		{"where clouds keep credentials", `https: {urls: ["https://169.254.169.254/latest"]}`, "spec.source.https.urls[0]"},
		{"as above", `oci: {reference: "169.254.169.254/a:1"}`, "spec.source.oci.reference"},
	} {
		err := w.admin.Create(t.Context(), actor.Objects(registered("invalid", tc.source, ""))[0], client.DryRunAll)
		if s := status(err); s.Reason != metav1.StatusReasonInvalid || !strings.Contains(s.Message, tc.want) {
			t.Errorf("%s: got %v, want %s", tc.reason, err, tc.want)
		}
	}
}
