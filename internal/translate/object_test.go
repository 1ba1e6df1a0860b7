package translate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/residency"
)

// object reads YAML the way the API server reads JSON.
func objectFrom(t testing.TB, manifest string) map[string]any {
	t.Helper()
	var raw map[string]any
	if err := yaml.Unmarshal([]byte(manifest), &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestClaimsAreFoundInEveryMapCalledAnnotations(t *testing.T) {
	for name, tc := range map[string]struct {
		reason   string
		manifest string
		want     []residency.Claim
	}{
		"pod template": {
			"what runs may disagree with the object around it",
			`{kind: Deployment, metadata: {annotations: {domicile.dev/tenant: a}}, spec: {template: {metadata: {annotations: {domicile.dev/tenant: b}}}}}`,
			[]residency.Claim{{Tenant: "a", Path: "metadata.annotations"}, {Tenant: "b", Path: "spec.template.metadata.annotations"}},
		},
		"cron job": {
			"two templates deep",
			`{kind: CronJob, spec: {jobTemplate: {spec: {template: {metadata: {annotations: {domicile.dev/tenant: a}}}}}}}`,
			[]residency.Claim{{Tenant: "a", Path: "spec.jobTemplate.spec.template.metadata.annotations"}},
		},
		"inference service": {
			"KServe's predictor has annotations without metadata",
			`{kind: InferenceService, spec: {predictor: {annotations: {domicile.dev/tenant: a}}}}`,
			[]residency.Claim{{Tenant: "a", Path: "spec.predictor.annotations"}},
		},
		"ray cluster": {
			"a list of templates",
			`{kind: RayCluster, spec: {workerGroupSpecs: [{}, {template: {metadata: {annotations: {domicile.dev/tenant: a}}}}]}}`,
			[]residency.Claim{{Tenant: "a", Path: "spec.workerGroupSpecs[1].template.metadata.annotations"}},
		},
		"annotations of Pods": {
			"many operators put them under a name of their own",
			`{kind: Whatever, spec: {podAnnotations: {domicile.dev/tenant: a}, templateAnnotations: {domicile.dev/tenant: b}}}`,
			[]residency.Claim{{Tenant: "a", Path: "spec.podAnnotations"}, {Tenant: "b", Path: "spec.templateAnnotations"}},
		},
		"status": {
			"anybody may write it, and nobody is asked",
			`{kind: Whatever, metadata: {annotations: {domicile.dev/tenant: a}}, status: {annotations: {domicile.dev/tenant: b}, template: {metadata: {annotations: {domicile.dev/tenant: c}}}}}`,
			[]residency.Claim{{Tenant: "a", Path: "metadata.annotations"}},
		},
		"field called status": {
			"only that of the object is its status",
			`{kind: Whatever, spec: {status: {annotations: {domicile.dev/tenant: a}}}}`,
			[]residency.Claim{{Tenant: "a", Path: "spec.status.annotations"}},
		},
		"unknown kind": {
			"nobody here has heard of it",
			`{kind: Whatever, a: [[{b: {annotations: {domicile.dev/tenant: a}}}]]}`,
			[]residency.Claim{{Tenant: "a", Path: "a[0][0].b.annotations"}},
		},
		"annotations in annotations": {
			"a map of that name is one wherever it is",
			`{kind: Whatever, annotations: {annotations: {domicile.dev/tenant: a}}}`,
			[]residency.Claim{{Tenant: "a", Path: "annotations.annotations"}},
		},
		"the same twice": {
			"one claim",
			`{kind: Deployment, metadata: {annotations: {domicile.dev/tenant: a}}, spec: {template: {metadata: {annotations: {domicile.dev/tenant: a}}}}}`,
			[]residency.Claim{{Tenant: "a", Path: "metadata.annotations"}},
		},
		"labels": {
			"only annotations claim",
			`{kind: Deployment, metadata: {labels: {domicile.dev/tenant: a}}}`,
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Object(objectFrom(t, tc.manifest)).Claims
			if diff := cmp.Diff(residency.Claims{Tenants: tc.want}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAnObjectThatIsTooLargeToReadIsRefused(t *testing.T) {
	deep := map[string]any{}
	for at, i := deep, 0; i < maxDepth+1; i++ {
		next := map[string]any{}
		at["x"] = next
		at = next
	}
	wide := make([]any, maxNodes+1)
	for i := range wide {
		wide[i] = map[string]any{}
	}
	for name, tc := range map[string]struct {
		reason  string
		object  map[string]any
		message string
	}{
		"deep":    {"a claim might be below", deep, "nested deeper"},
		"wide":    {"a claim might be behind", map[string]any{"x": wide}, "more than"},
		"secrets": {"each Secret is looked up", map[string]any{"x": manySecrets(maxSecrets + 1)}, "Secrets"},
		"accounts": {"each ServiceAccount is looked up", map[string]any{"x": func() []any {
			var list []any
			for i := range maxServiceAccounts + 1 {
				list = append(list, map[string]any{"serviceAccountName": fmt.Sprintf("s%d", i)})
			}
			return list
		}()}, "ServiceAccounts"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Object(tc.object).Claims.Problems
			checkProblem(t, tc.reason, got, residency.LimitExceeded, tc.message)
		})
	}
}

func manySecrets(n int) []any {
	var list []any
	for i := range n {
		list = append(list, map[string]any{"secretName": fmt.Sprintf("s%d", i)})
	}
	return list
}

func TestNoValueOfASecretOutlivesReading(t *testing.T) {
	const value = "c3VwZXItc2VjcmV0"
	raw := objectFrom(t, `
apiVersion: v1
kind: Secret
type: domicile.dev/api-key
metadata:
  name: key
  labels: {team: lantern}
  annotations:
    domicile.dev/tenant: lantern-sg
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"API_KEY":"`+value+`"}}'
data: {API_KEY: `+value+`}
stringData: {OTHER: `+value+`}
`)
	got := Object(raw)
	if !got.APIKey {
		t.Error("the type does not mark it as an API key")
	}
	if diff := cmp.Diff([]string{"API_KEY", "OTHER", "annotation:domicile.dev/tenant", "annotation:domicile.dev/tenant=lantern-sg", "label:team", "label:team=lantern"}, got.DataKeys); diff != "" {
		t.Errorf("data keys (-want +got):\n%s", diff)
	}
	if len(got.Claims.Tenants) != 1 {
		t.Errorf("claims: %v", got.Claims)
	}
	left, err := json.Marshal([]any{raw, got})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(left), value) {
		t.Errorf("a value is left: %s", left)
	}
	if _, ok := raw["data"].(map[string]any)["API_KEY"]; !ok {
		t.Error("the key is gone too, so match conditions cannot ask for it")
	}
}

func TestRedactionSurvivesOddShapes(t *testing.T) {
	for name, tc := range map[string]struct{ reason, manifest string }{
		"data is text": {"cannot be read key by key", `{apiVersion: v1, kind: Secret, data: c2VjcmV0}`},
		"data is list": {"cannot be read key by key", `{apiVersion: v1, kind: Secret, data: [c2VjcmV0]}`},
		"a map in it":  {"values are dropped whatever they are", `{apiVersion: v1, kind: Secret, data: {a: {b: c2VjcmV0}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := objectFrom(t, tc.manifest)
			Object(raw)
			left, err := json.Marshal(raw)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(left), "c2VjcmV0") {
				t.Errorf("%s: left %s", tc.reason, left)
			}
		})
	}
}

func TestWhatMarksASecretAsAnAPIKey(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, manifest string
		want             bool
	}{
		"type":        {"ours", `{apiVersion: v1, kind: Secret, type: domicile.dev/api-key}`, true},
		"label":       {"for Secrets whose type is somebody else's", `{apiVersion: v1, kind: Secret, metadata: {labels: {domicile.dev/api-key: "true"}}}`, true},
		"label false": {"only true marks", `{apiVersion: v1, kind: Secret, metadata: {labels: {domicile.dev/api-key: "false"}}}`, false},
		"neither":     {"not ours", `{apiVersion: v1, kind: Secret, type: Opaque}`, false},
		"other kind":  {"only a Secret is one", `{apiVersion: v1, kind: ConfigMap, metadata: {labels: {domicile.dev/api-key: "true"}}}`, false},
		"other group": {"only the core Secret is one", `{apiVersion: example.com/v1, kind: Secret, type: domicile.dev/api-key}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Object(objectFrom(t, tc.manifest)).APIKey; got != tc.want {
				t.Errorf("%s: got %v", tc.reason, got)
			}
		})
	}
}

func TestANamespaceBindsByItsOwnAnnotations(t *testing.T) {
	got := NamespaceOf("lantern", map[string]string{"team": "x"}, map[string]string{
		"domicile.dev/tenant": "lantern-sg", "example.com/other": "y",
	})
	want := &residency.Namespace{Name: "lantern", Labels: map[string]string{"team": "x"}, Claims: residency.Claims{
		Tenants: []residency.Claim{{Tenant: "lantern-sg", Path: "metadata.annotations"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
