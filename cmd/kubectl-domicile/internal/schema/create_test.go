package schema_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/schema"
)

// apiTestdata are manifests with the words of a real API server about each.
var apiTestdata = filepath.Join("..", "..", "..", "..", "test", "api", "testdata", "*.txtar")

func TestSaysWhatTheAPIServerSays(t *testing.T) {
	t.Parallel()
	schemas := load(t)
	archives, err := filepath.Glob(apiTestdata)
	if err != nil || len(archives) == 0 {
		t.Fatalf("no manifests at %s: %v", apiTestdata, err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, file := range archive.Files {
			if name, isError := strings.CutSuffix(file.Name, ".error"); isError {
				want[name] = string(file.Data)
			}
		}
		for _, file := range archive.Files {
			name, isManifest := strings.CutSuffix(file.Name, ".yaml")
			if !isManifest {
				continue
			}
			t.Run(filepath.Base(path)+"/"+name, func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(want[name], complaints(t, schemas, file.Data)); diff != "" {
					t.Errorf("(-API server +this):\n%s\n%s", diff, file.Data)
				}
			})
		}
	}
}

// complaints has the form of the API server's words in testdata.
func complaints(t *testing.T, schemas *schema.Schemas, manifest []byte) string {
	t.Helper()
	content := decode(t, string(manifest))
	kind, _ := content["kind"].(string)
	_, errs := schemas.Create(context.Background(), kind, content)
	var lines strings.Builder
	for _, err := range errs {
		if err.Detail == "unknown field" {
			fmt.Fprintf(&lines, "%[1]s in version \"v1alpha1\" cannot be handled as a %[1]s: strict decoding error: unknown field %[2]q\n", kind, err.Field)
			continue
		}
		fmt.Fprintf(&lines, "%s: %s\n", err.Field, err.ErrorBody())
	}
	return lines.String()
}

func TestWritesTheDefaultsThatTheAPIServerWrites(t *testing.T) {
	t.Parallel()
	got, errs := load(t).Create(context.Background(), "TenantPolicy", decode(t, `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: short}
spec: {jurisdictions: {blocked: [CN]}, match: {resources: [{apiGroups: [models.example.com], resources: [finetunes]}]}}
status: {observedGeneration: 3}
`))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	want := decode(t, `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: short}
spec:
  enforcement: {existing: Report, indeterminate: Warn, restricted: Deny, tenantNotFound: Deny, unidentified: Audit, unidentifiedInTenantNamespaces: Deny, unidentifiedRequests: Deny}
  jurisdictions: {basis: [Headquarters, Incorporation, Nationality, Residence], blocked: [CN]}
  match: {resources: [{apiGroups: [models.example.com], apiVersions: ["*"], resources: [finetunes]}]}
  ownership:
    aggregation: AllRestricted
    comparison: MoreThan
    controlByOtherMeans: Restricts
    interests: [Shareholding, VotingRights]
    jointHoldings: AsDeclared
    method: Cascade
    threshold: "50"
    undisclosed: Ignored
  roles: [Customer, Reseller, EndUser, Payer]
`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusesMetadataThatTheAPIServerRefuses(t *testing.T) {
	t.Parallel()
	schemas := load(t)
	for _, tc := range []struct{ name, reason, metadata, want string }{{
		name:     "NoName",
		reason:   "nobody could refer to it",
		metadata: `{}`,
		want:     `metadata.name: Required value: name or generateName is required`,
	}, {
		name:     "GeneratedName",
		reason:   "the name would not be known",
		metadata: `{generateName: lantern-}`,
		want:     `metadata.name: Required value: generateName cannot be referred to`,
	}, {
		name:     "UpperCaseName",
		reason:   "names are DNS subdomains",
		metadata: `{name: Lantern}`,
		want:     `metadata.name: Invalid value: "Lantern": a lowercase RFC 1123 subdomain`,
	}, {
		name:     "UnknownField",
		reason:   "a slip of the pen in metadata is one, too",
		metadata: `{name: lantern, label: {a: b}}`,
		want:     `metadata.label: Invalid value: unknown field`,
	}, {
		name:     "LabelThatIsANumber",
		reason:   "YAML makes a number of 1",
		metadata: `{name: lantern, labels: {a: 1}}`,
		want:     `metadata: Invalid value: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string`,
	}, {
		name:     "Namespace",
		reason:   "the kinds are cluster-scoped",
		metadata: `{name: lantern, namespace: apps}`,
		want:     `metadata.namespace: Forbidden: not allowed on this type`,
	}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			content := decode(t, `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, spec: {parties: [{role: Customer, entity: {name: a}}]}}`)
			content["metadata"] = decode(t, tc.metadata)
			_, errs := schemas.Create(context.Background(), "Tenant", content)
			if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), tc.want) {
				t.Errorf("%s: got %v, want %s", tc.reason, errs, tc.want)
			}
		})
	}
}

func TestKnowsEveryKind(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"AccessPoint", "LegalEntity", "OwnershipRegister", "Tenant", "TenantExemption", "TenantPolicy"}, load(t).Kinds()); diff != "" {
		t.Error(diff)
	}
}

func load(t *testing.T) *schema.Schemas {
	t.Helper()
	schemas, err := schema.Load("v1alpha1")
	if err != nil {
		t.Fatal(err)
	}
	return schemas
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var content map[string]any
	if err := yaml.Unmarshal([]byte(text), &content); err != nil {
		t.Fatal(err)
	}
	return content
}
