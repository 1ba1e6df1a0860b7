package integration

import (
	"context"
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

func TestWhatMakesASecretAnAPIKey(t *testing.T) {
	w := theWorld(t)
	for name, tc := range map[string]struct {
		reason, manifest, want string
	}{
		"type":          {"ours", `{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: a, namespace: lantern}}`, "RestrictedOwner"},
		"label":         {"for other types", `{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: lantern, labels: {domicile.dev/api-key: "true"}}}`, "RestrictedOwner"},
		"data key":      {"a policy names it", `{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: lantern}, data: {LANTERN_API_KEY: YQ==}}`, "RestrictedOwner"},
		"in stringData": {"the other way to write it", `{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: lantern}, stringData: {LANTERN_API_KEY: a}}`, "RestrictedOwner"},
		"none":          {"not ours", `{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: shared}, stringData: {password: a}}`, ""},
		"clean":         {"somebody else's", `{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: a, namespace: meridian}}`, ""},
		"mismatch":      {"a key is claimed like a workload", `{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: a, namespace: meridian, annotations: {domicile.dev/tenant: murky}}}`, "TenantMismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, tc.reason, w.admin.Create(t.Context(), object("%s", tc.manifest), client.DryRunAll), tc.want)
		})
	}
}

func TestOnlyAPIKeysReachTheWebhook(t *testing.T) {
	w := theWorld(t)
	w.creates(t, object(`{apiVersion: v1, kind: Secret, metadata: {name: unasked, namespace: meridian}, stringData: {password: a}}`))
	w.creates(t, object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: asked, namespace: meridian}}`))
	for name, want := range map[string]bool{"asked": true, "unasked": false} {
		events, err := w.WaitForAudit(t.Context(), name, func(e *cluster.AuditEvent) bool {
			return e.ObjectRef.Resource == "secrets" && e.ObjectRef.Name == name && e.Verb == "create" && e.Stage == "ResponseComplete"
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, asked := events[0].Annotations["secrets.domicile.dev/verdict"]; asked != want {
			t.Errorf("Secret %s: asked about: %v", name, asked)
		}
	}
}

func TestWhoTakesTheMarkOffAnAPIKeyIsAskedToo(t *testing.T) {
	w := theWorld(t)
	w.creates(t, object(`{apiVersion: v1, kind: Secret, metadata: {name: marked, namespace: shared, labels: {domicile.dev/api-key: "true"}, %s}, stringData: {a: b}}`, claim("meridian")))
	marked := object(`{apiVersion: v1, kind: Secret, metadata: {name: marked, namespace: shared}}`)
	ann := w.as(t, "ann")
	wantRefused(t, "mark and claim at once",
		ann.Patch(t.Context(), marked, merge(`{"metadata":{"labels":null,"annotations":null}}`)), "BindNotAuthorized")
	if err := ann.Patch(t.Context(), marked, merge(`{"metadata":{"labels":{"a":"b"}}}`)); err != nil {
		t.Errorf("another label: %v", err)
	}
	wantRefused(t, "mark first", ann.Patch(t.Context(), marked, merge(`{"metadata":{"labels":{"domicile.dev/api-key":null}}}`)), "BindNotAuthorized")
	if err := w.admin.Patch(t.Context(), marked, merge(`{"metadata":{"labels":{"domicile.dev/api-key":null}}}`)); err != nil {
		t.Errorf("by right: %v", err)
	}
	wantRefused(t, "the claim that is left", ann.Patch(t.Context(), marked, merge(`{"metadata":{"annotations":{"domicile.dev/tenant":null}}}`)), "BindNotAuthorized")
}

func TestAServiceAccountChangesHandsWithBindOnly(t *testing.T) {
	w := theWorld(t)
	w.creates(t, object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: shared, %s}}`, claim("murky")))
	robot := object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: shared}}`)
	ann := w.as(t, "ann")
	wantRefused(t, "to another tenant", ann.Patch(t.Context(), robot, merge(`{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`)), "BindNotAuthorized BindNotAuthorized")
	wantRefused(t, "to nobody", ann.Patch(t.Context(), robot, merge(`{"metadata":{"annotations":null}}`)), "BindNotAuthorized")
	wantRefused(t, "a new one", ann.Create(t.Context(), object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: other, namespace: shared, %s}}`, claim("meridian"))), "BindNotAuthorized")
	if err := ann.Patch(t.Context(), robot, merge(`{"metadata":{"annotations":{"a":"b"}}}`)); err != nil {
		t.Errorf("an annotation of another's: %v", err)
	}
	if err := ann.Create(t.Context(), object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: other, namespace: shared}}`)); err != nil {
		t.Errorf("one of nobody's: %v", err)
	}
}

func TestAPIKeysOfOtherTenantsAreNotRead(t *testing.T) {
	w := theWorld(t)
	w.creates(t, object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: foreign, namespace: shared, %s}, stringData: {a: b}}`, claim("murky")))
	w.creates(t, object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: own, namespace: shared, %s}, stringData: {a: b}}`, claim("meridian")))
	w.creates(t, object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: puller, namespace: shared}, imagePullSecrets: [{name: foreign}]}`))
	w.creates(t, object(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: mounter, namespace: shared}, secrets: [{name: foreign}]}`))
	p := func(tenant, spec string) *unstructured.Unstructured {
		return object(`{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shared, %s}, spec: {%s}}`, claim(tenant), spec)
	}
	for name, tc := range map[string]struct {
		reason string
		object *unstructured.Unstructured
		want   string
	}{
		"own":             {"one's own", p("meridian", `volumes: [{name: v, secret: {secretName: own}}], `+container), ""},
		"not there":       {"nobody's", p("meridian", `volumes: [{name: v, secret: {secretName: nothing}}], `+container), ""},
		"volume":          {"the usual way", p("meridian", `volumes: [{name: v, secret: {secretName: foreign}}], `+container), "ForeignAPIKey"},
		"no claim":        {"nobody's workload either", p("", `volumes: [{name: v, secret: {secretName: foreign}}], `+container), "ForeignAPIKey NoTenant"},
		"projected":       {"among others", p("meridian", `volumes: [{name: v, projected: {sources: [{secret: {name: foreign}}]}}], `+container), "ForeignAPIKey"},
		"CSI":             {"the driver reads it", p("meridian", `volumes: [{name: v, csi: {driver: example.org, nodePublishSecretRef: {name: foreign}}}], `+container), "ForeignAPIKey"},
		"env":             {"one key", p("meridian", `containers: [{name: c, image: example.org/c:1, env: [{name: A, valueFrom: {secretKeyRef: {name: foreign, key: a}}}]}]`), "ForeignAPIKey"},
		"envFrom":         {"all keys", p("meridian", `containers: [{name: c, image: example.org/c:1, envFrom: [{secretRef: {name: foreign}}]}]`), "ForeignAPIKey"},
		"init container":  {"reads first", p("meridian", `initContainers: [{name: i, image: example.org/c:1, envFrom: [{secretRef: {name: foreign}}]}], `+container), "ForeignAPIKey"},
		"pull secret":     {"a registry's key", p("meridian", `imagePullSecrets: [{name: foreign}], `+container), "ForeignAPIKey"},
		"account's pulls": {"handed over by the ServiceAccount", p("meridian", `serviceAccountName: puller, `+container), "ForeignAPIKey"},
		"account's":       {"handed over by the ServiceAccount", p("meridian", `serviceAccountName: mounter, `+container), "ForeignAPIKey"},
		"custom kind":     {"deep in a template", object(`{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a, namespace: shared, %s}, spec: {headGroupSpec: {template: {spec: {containers: [{envFrom: [{secretRef: {name: foreign}}]}]}}}}}`, claim("meridian")), "ForeignAPIKey"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, tc.reason, w.admin.Create(t.Context(), tc.object, client.DryRunAll), tc.want)
		})
	}
	t.Run("ephemeral container", func(t *testing.T) {
		w.creates(t, object(`{apiVersion: v1, kind: Pod, metadata: {name: debugged, namespace: shared, %s}, spec: {%s}}`, claim("meridian"), container))
		debugger := client.RawPatch("application/strategic-merge-patch+json", []byte(`{"spec":{"ephemeralContainers":[{"name":"d","image":"example.org/d:1","envFrom":[{"secretRef":{"name":"foreign"}}]}]}}`))
		err := w.admin.SubResource("ephemeralcontainers").Patch(t.Context(), object(`{apiVersion: v1, kind: Pod, metadata: {name: debugged, namespace: shared}}`), debugger)
		wantRefused(t, "comes later", err, "ForeignAPIKey")
	})
	t.Run("changes hands", func(t *testing.T) {
		reader := p("meridian", `volumes: [{name: v, secret: {secretName: own}}], `+container)
		own := object(`{apiVersion: v1, kind: Secret, metadata: {name: own, namespace: shared}}`)
		if err := w.admin.Patch(t.Context(), own, merge(`{"metadata":{"annotations":{"domicile.dev/tenant":"murky"}}}`)); err != nil {
			t.Fatal(err)
		}
		suite.Eventually(t, patience, "the replica that is asked to know, as it watches Secrets", func(ctx context.Context) (bool, error) {
			return isRefused(w.admin.Create(ctx, reader.DeepCopy(), client.DryRunAll), "ForeignAPIKey"), nil
		})
	})
}

func TestNoByteOfASecretIsToldToAnybody(t *testing.T) {
	w := theWorld(t)
	const value, encoded = "sentinel-of-a-secret", "c2VudGluZWwtb2YtYS1zZWNyZXQ="
	secret := func(namespace string) *unstructured.Unstructured {
		return object(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: sentinel, namespace: %s}, stringData: {LANTERN_API_KEY: %s}}`, namespace, value)
	}
	refused := w.admin.Create(t.Context(), secret("lantern"))
	wantRefused(t, "restricted", refused, "RestrictedOwner")
	w.creates(t, secret("meridian"))
	wantRefused(t, "changed without the right", w.as(t, "ann").Patch(t.Context(), object(`{apiVersion: v1, kind: Secret, metadata: {name: sentinel, namespace: meridian}}`),
		merge(`{"stringData":{"LANTERN_API_KEY":"%s-2"},"metadata":{"annotations":{"domicile.dev/tenant":"murky"}}}`, value)), "BindNotAuthorized TenantMismatch")

	texts := map[string]string{"the refusal": refused.Error()}
	for i := range w.manager.Replicas() {
		log, err := os.ReadFile(w.manager.Log(i))
		if err != nil {
			t.Fatal(err)
		}
		texts[w.manager.Log(i)] = string(log)
	}
	events, err := w.WaitForAudit(t.Context(), "the Secret", func(e *cluster.AuditEvent) bool {
		return e.ObjectRef.Resource == "secrets" && e.ObjectRef.Name == "sentinel" && len(e.Annotations) > 0
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		for key, text := range e.Annotations {
			texts["audit annotation "+key] = text
		}
	}
	for where, text := range texts {
		if strings.Contains(text, value) || strings.Contains(text, encoded) {
			t.Errorf("it is in %s", where)
		}
	}
}

// TestNoKeyGetsIntoARestrictedNamespace tries what gateways know keys by, and more.
func TestNoKeyGetsIntoARestrictedNamespace(t *testing.T) {
	w := theWorld(t)
	w.declares(t, `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: shrike}, spec: {parties: [{role: Customer, entity: {name: lantern-sg}}], namespaces: {bound: [shrike]}}}`)
	w.creates(t, object(`{apiVersion: v1, kind: Namespace, metadata: {name: shrike}}`))
	w.creates(t, object(`{apiVersion: v1, kind: Namespace, metadata: {name: finch, %s}}`, claim("meridian")))
	secret := func(namespace, rest string) *unstructured.Unstructured {
		return object(`{apiVersion: v1, kind: Secret, metadata: {generateName: k-, namespace: %s, annotations: {kubernetes.io/service-account.name: default}%s}`, namespace, rest)
	}
	suite.Eventually(t, patience, "the API server asks about all Secrets there", func(ctx context.Context) (bool, error) {
		return w.admin.Create(ctx, secret("shrike", `}, stringData: {a: b}`), client.DryRunAll) != nil, nil
	})
	ann := w.as(t, "ann")
	for name, tc := range map[string]struct{ rest, want string }{
		"look-alike of the mark": {`, labels: {domicile.dev/api-key: "True"}}, stringData: {api-key: sk-1}`, "InvalidClaim RestrictedOwner"},
		"Kong":                   {`, labels: {konghq.com/credential: key-auth}}, stringData: {key: sk-1}`, "RestrictedOwner"},
		"Authorino":              {`, labels: {authorino.kuadrant.io/managed-by: authorino}}, stringData: {api_key: sk-1}`, "RestrictedOwner"},
		"anything":               {`}, stringData: {x: z}`, "RestrictedOwner"},
		"a certificate":          {`}, type: kubernetes.io/tls, stringData: {tls.crt: a, tls.key: b}`, "RestrictedOwner"},
		"a release":              {`}, type: helm.sh/release.v1, stringData: {release: a}`, "RestrictedOwner"},
		"a token by hand":        {`}, type: kubernetes.io/service-account-token, stringData: {token: sk-1}`, "RestrictedOwner"},
		"more than a token":      {`}, type: kubernetes.io/service-account-token, stringData: {api-key: sk-1}`, "RestrictedOwner"},
		"a token":                {`}, type: kubernetes.io/service-account-token`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			wantOutcome(t, name, ann.Create(t.Context(), secret("shrike", tc.rest), client.DryRunAll), tc.want)
			if tc.want == "RestrictedOwner" {
				wantOutcome(t, "somebody clean's", ann.Create(t.Context(), secret("finch", tc.rest), client.DryRunAll), "")
			}
		})
	}
	t.Run("Kubernetes fills a token", func(t *testing.T) {
		w.creates(t, object(`{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: token, namespace: shrike, annotations: {kubernetes.io/service-account.name: default}}}`))
		suite.Eventually(t, patience, "the token", func(ctx context.Context) (bool, error) {
			token := object(`{apiVersion: v1, kind: Secret, metadata: {name: token, namespace: shrike}}`)
			err := w.admin.Get(ctx, client.ObjectKeyFromObject(token), token)
			_, filled, _ := unstructured.NestedString(token.Object, "data", "token")
			return filled, err
		})
	})
}
