package integration

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// deployment is a Deployment with metadata of its own and of its template.
func deployment(namespace, name, metadata, template string) *unstructured.Unstructured {
	return object(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: %[2]s, namespace: %[1]s, %[3]s}, spec: {replicas: 1, selector: {matchLabels: {app: %[2]s}}, template: {metadata: {labels: {app: %[2]s}, %[4]s}, spec: {%[5]s}}}}`,
		namespace, name, metadata, template, container)
}

func TestClaimsAreRead(t *testing.T) {
	w := theWorld(t)
	for name, tc := range map[string]struct {
		reason string
		object *unstructured.Unstructured
		want   string
	}{
		"own annotations":      {"the plain case", deployment("shared", "a", claim("lantern-sg"), ""), "RestrictedOwner"},
		"pod template":         {"any map called annotations", deployment("shared", "a", "", claim("lantern-sg")), "RestrictedOwner"},
		"predictor":            {"KServe has annotations without metadata", object(`{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: a, namespace: shared}, spec: {predictor: {annotations: {domicile.dev/tenant: lantern-sg}}}}`), "RestrictedOwner"},
		"deep in a custom one": {"a kind that nobody here has heard of", object(`{apiVersion: example.com/v1, kind: Widget, metadata: {name: a, namespace: shared}, a: {b: [[{annotations: {domicile.dev/tenant: lantern-sg}}]]}}`), "RestrictedOwner"},
		"the namespace's":      {"plus the namespace's", deployment("lantern", "a", "", ""), "RestrictedOwner"},
		"somebody clean":       {"the same, admitted", deployment("shared", "a", "", claim("meridian")), ""},
		"not in the template":  {"its Pods would be nobody's", deployment("shared", "a", claim("meridian"), ""), "NoTenant"},
		"on behalf of":         {"a list of tenants, which adds parties", deployment("shared", "a", `annotations: {domicile.dev/tenant: meridian, domicile.dev/on-behalf-of: "murky, lantern-sg"}`, ""), "RestrictedOwner"},
		"owner":                {"a list of scheme:id, which adds parties", deployment("shared", "a", `annotations: {domicile.dev/tenant: meridian, domicile.dev/owner: "LEI:00MERIDIAN0000000062,LEI:00LANTERNKP000000032"}`, ""), "RestrictedJurisdiction"},
		"only stricter":        {"a clean tenant on whose behalf it runs makes no restricted one clean", deployment("shared", "a", `annotations: {domicile.dev/tenant: lantern-sg, domicile.dev/on-behalf-of: meridian, domicile.dev/owner: "LEI:00MERIDIAN0000000062"}`, ""), "RestrictedOwner"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, tc.reason, w.admin.Create(t.Context(), tc.object, client.DryRunAll), tc.want)
		})
	}
}

func TestClaimsThatAreNoNameAreRefused(t *testing.T) {
	w := theWorld(t)
	for name, value := range map[string]string{
		"empty": "", "padded": " meridian", "upper case": "Meridian", "look-alike": "m\u0435ridian",
		"NUL": "meridian\x00", "newline": "meridian\n", "list": "meridian,meridian", "zero-width": "meridian\u200b",
	} {
		t.Run(name, func(t *testing.T) {
			p := pod("unbound", "a", "")
			p.SetAnnotations(map[string]string{"domicile.dev/tenant": value})
			wantRefused(t, "nobody may guess what was meant", w.admin.Create(t.Context(), p, client.DryRunAll), "InvalidClaim")
		})
	}
	t.Run("key in another case", func(t *testing.T) {
		p := pod("unbound", "a", "")
		p.SetAnnotations(map[string]string{"Domicile.dev/Tenant": "meridian"})
		wantRefused(t, "the API server lets such a key through", w.admin.Create(t.Context(), p, client.DryRunAll), "InvalidClaim")
	})
}

func TestWhatTheAPIServerReadsFromDuplicateKeysIsWhatCounts(t *testing.T) {
	w := theWorld(t)
	body := []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"domicile.dev/tenant":"meridian","domicile.dev/tenant":"lantern-sg"}},"spec":{"containers":[{"name":"c","image":"example.org/c:1"}]}}`)
	err := w.admin.Typed.CoreV1().RESTClient().Post().Namespace("shared").Resource("pods").
		Param("dryRun", "All").Param("fieldValidation", "Ignore").SetHeader("Content-Type", "application/json").
		Body(body).Do(t.Context()).Error()
	wantRefused(t, "the last of two keys counts", err, "RestrictedOwner")
}
