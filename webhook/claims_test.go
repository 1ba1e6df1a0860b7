package webhook

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/translate"
)

func TestWhichTenantsAChangeOfClaimsInvolves(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, old, new string
		changed          bool
		want             []string
	}{
		"nothing":         {"as it was", `{metadata: {annotations: {domicile.dev/tenant: a}}}`, `{metadata: {annotations: {domicile.dev/tenant: a, other: b}}}`, false, nil},
		"put":             {"becomes a's", `{}`, `{metadata: {annotations: {domicile.dev/tenant: a}}}`, true, []string{"a"}},
		"removed":         {"is a's no more", `{metadata: {annotations: {domicile.dev/tenant: a}}}`, `{}`, true, []string{"a"}},
		"changed":         {"both lose or get something", `{metadata: {annotations: {domicile.dev/tenant: b}}}`, `{metadata: {annotations: {domicile.dev/tenant: a}}}`, true, []string{"a", "b"}},
		"spoiled":         {"is a's no more", `{metadata: {annotations: {domicile.dev/tenant: a}}}`, `{metadata: {annotations: {domicile.dev/tenant: A}}}`, true, []string{"a"}},
		"made a number":   {"is a's no more", `{x: {annotations: {domicile.dev/tenant: a}}}`, `{x: {annotations: {domicile.dev/tenant: 1}}}`, true, []string{"a"}},
		"in the template": {"what runs is what counts", `{spec: {template: {metadata: {annotations: {domicile.dev/tenant: a}}}}}`, `{spec: {template: {metadata: {}}}}`, true, []string{"a"}},
		"in the status":   {"says what there is, and asks for nothing", `{status: {x: {annotations: {domicile.dev/tenant: a}}}}`, `{status: {annotations: {domicile.dev/tenant: b}}}`, false, nil},
		"template added": {
			"says again whose the object is", `{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {groups: [{}]}}`,
			`{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {groups: [{}, {template: {metadata: {annotations: {domicile.dev/tenant: a}}}}]}}`, false, nil,
		},
		"template of another added": {
			"would be b's", `{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {groups: [{}]}}`,
			`{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {groups: [{}, {template: {metadata: {annotations: {domicile.dev/tenant: b}}}}]}}`, true, []string{"b"},
		},
		"template removed": {
			"nothing is left to be anybody's", `{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {groups: [{template: {metadata: {annotations: {domicile.dev/tenant: a}}}}]}}`,
			`{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {groups: []}}`, false, nil,
		},
		"last template removed": {
			"it could be put back as nobody's", `{spec: {groups: [{template: {metadata: {annotations: {domicile.dev/tenant: a}}}}]}}`,
			`{spec: {}}`, true, []string{"a"},
		},
		"one of two templates removed": {
			"the other still says whose it is", `{spec: {groups: [{template: {metadata: {annotations: {domicile.dev/tenant: a}}}}, {annotations: {domicile.dev/tenant: a}}]}}`,
			`{spec: {groups: [{annotations: {domicile.dev/tenant: a}}]}}`, false, nil,
		},
		"last of two tenants' removed": {
			"only b's is gone", `{spec: {x: {annotations: {domicile.dev/tenant: a}}, y: {annotations: {domicile.dev/tenant: b}}}}`,
			`{spec: {x: {annotations: {domicile.dev/tenant: a}}}}`, true, []string{"b"},
		},
		"removed, but named elsewhere": {
			"it still acts for b", `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/on-behalf-of: b}}, spec: {y: {annotations: {domicile.dev/tenant: b}}}}`,
			`{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/on-behalf-of: b}}, spec: {}}`, false, nil,
		},
		"owner's place removed": {
			"whose party it is", `{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {y: {annotations: {domicile.dev/owner: "LEI:A"}}}}`,
			`{metadata: {annotations: {domicile.dev/tenant: a}}, spec: {}}`, true, []string{"a"},
		},
		"one owner's place removed": {
			"named elsewhere", `{metadata: {annotations: {domicile.dev/owner: "LEI:A, LEI:B"}}, spec: {y: {annotations: {domicile.dev/owner: "LEI:A"}}}}`,
			`{metadata: {annotations: {domicile.dev/owner: "LEI:A, LEI:B"}}, spec: {}}`, false, nil,
		},
		"acts for more":         {"only who comes", `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/on-behalf-of: b}}}`, `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/on-behalf-of: "b,c"}}}`, true, []string{"c"}},
		"acts for fewer":        {"only who goes", `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/on-behalf-of: "b,c"}}}`, `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/on-behalf-of: b}}}`, true, []string{"c"}},
		"same in another order": {"nobody comes or goes", `{metadata: {annotations: {domicile.dev/on-behalf-of: "b,c"}}}`, `{metadata: {annotations: {domicile.dev/on-behalf-of: "c, b"}}}`, true, []string{}},
		"owner changed":         {"whose parties they are", `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/owner: "LEI:A"}}}`, `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/owner: "LEI:B"}}}`, true, []string{"a"}},
		"owner and tenant":      {"before and after", `{metadata: {annotations: {domicile.dev/tenant: a, domicile.dev/owner: "LEI:A"}}}`, `{metadata: {annotations: {domicile.dev/tenant: b}}}`, true, []string{"a", "b"}},
		"owner of nobody's":     {"who may bind all", `{metadata: {annotations: {domicile.dev/owner: "LEI:A"}}}`, `{}`, true, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			old, updated := translate.Read(fromYAML(t, tc.old)), fromYAML(t, tc.new)
			reading := translate.Read(updated)
			got := compareClaims(old, reading, func() map[string]any { return updated })
			if got.none() == tc.changed {
				t.Errorf("%s: changed: %v", tc.reason, !got.none())
			}
			if diff := cmp.Diff(tc.want, got.involved(reading.Object)); diff != "" {
				t.Errorf("%s: tenants (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
