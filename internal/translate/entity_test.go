package translate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

func entityFrom(t *testing.T, spec string) *v1alpha1.LegalEntity {
	t.Helper()
	e := &v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: "lantern"}}
	if err := yaml.UnmarshalStrict([]byte(spec), &e.Spec); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestLegalEntity(t *testing.T) {
	t.Parallel()
	party, interests, errs := compileEntity(entityFrom(t, `
displayName: Lantern Singapore Pte. Ltd.
type: Company
identifiers: [{scheme: LEI, id: 00LANTERNGROUP000060}]
jurisdictions: {incorporation: SG, headquarters: CN-HK, residence: [NL]}
interests:
- {holder: {name: lantern-hk}, kind: Shareholding, share: {minimum: "25", exclusiveMaximum: "50"}, since: "2024-01-01", until: "2026-01-01", source: register}
- {holder: {identifier: {scheme: LEI, id: 00X10000000000000043}}, kind: Control}
`))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	wantParty := ownership.Party{
		Key: "entity/lantern", Name: "Lantern Singapore Pte. Ltd.", Type: ownership.Company,
		Identifiers: []ownership.Identifier{{Scheme: "LEI", ID: "00LANTERNGROUP000060"}},
		Jurisdictions: ownership.Jurisdictions{
			Incorporation: "SG", Headquarters: "HK", Residence: []jurisdiction.Code{"NL"},
		},
		Source: "LegalEntity lantern",
	}
	if diff := cmp.Diff(wantParty, party); diff != "" {
		t.Errorf("party (-want +got):\n%s", diff)
	}
	subject := ownership.Ref{Key: "entity/lantern"}
	wantInterests := []ownership.Interest{
		{
			Holder: ownership.Ref{Key: "entity/lantern-hk"}, Subject: subject, Kind: ownership.Shareholding,
			Share:  ownership.Share{Lower: 250_000_000, Upper: 499_999_999},
			Since:  time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC),
			Until:  time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
			Source: "register", Directness: ownership.Direct,
		},
		{
			Holder: ownership.Ref{Identifier: ownership.Identifier{Scheme: "LEI", ID: "00X10000000000000043"}}, Subject: subject,
			Kind: ownership.Control, Share: ownership.UnknownShare, Source: "LegalEntity lantern, spec.interests[1]", Directness: ownership.Direct,
		},
	}
	if diff := cmp.Diff(wantInterests, interests); diff != "" {
		t.Errorf("interests (-want +got):\n%s", diff)
	}
}

func TestLegalEntityRefusals(t *testing.T) {
	t.Parallel()
	company := func(rest string) string { return "{displayName: Lantern, type: Company, " + rest + "}" }
	interest := func(rest string) string {
		return company("interests: [{holder: {name: x}, kind: Shareholding, " + rest + "}]")
	}
	for _, row := range []struct{ reason, spec, want string }{
		{"no name", "{type: Company}", "spec.displayName: Required value"},
		{"no type", "{displayName: Lantern}", "spec.type: Required value: must be one of Arrangement, Company, Person, State"},
		{"an unknown type", "{displayName: Lantern, type: Ship}", `spec.type: Unsupported value: "Ship"`},
		{"an unknown code", company("jurisdictions: {incorporation: UK}"), `spec.jurisdictions.incorporation: Invalid value: "UK"`},
		{"an unknown residence", company("jurisdictions: {residence: [SG, XX]}"), `spec.jurisdictions.residence[1]`},
		{"a company with a nationality", company("jurisdictions: {nationality: [SG]}"), "spec.jurisdictions.nationality: Forbidden: only a Person"},
		{"a person with headquarters", "{displayName: Ada, type: Person, jurisdictions: {headquarters: SG}}", "spec.jurisdictions.headquarters: Forbidden"},
		{"a State without its code", "{displayName: Harbour, type: State}", "spec.jurisdictions.incorporation: Required value"},
		{"who owns a person", "{displayName: Ada, type: Person, interests: [{holder: {name: x}, kind: Control}]}", "spec.interests: Forbidden"},
		{"a scheme with a colon", company(`identifiers: [{scheme: "a:b", id: x}]`), "spec.identifiers[0].scheme: Invalid value"},
		{"an LEI with wrong check digits", company(`identifiers: [{scheme: lei, id: 00LANTERNSG000000070}]`), "spec.identifiers[0].id: Invalid value: \"00LANTERNSG000000070\": identifies nobody"},
		{"an id that ends with a comma", company(`identifiers: [{scheme: a, id: "x,"}]`), "spec.identifiers[0].id: Invalid value"},
		{"no holder", company("interests: [{kind: Control}]"), "spec.interests[0].holder: Invalid value"},
		{"two holders", company("interests: [{kind: Control, holder: {name: x, identifier: {scheme: a, id: b}}}]"), "exactly one of name and identifier"},
		{"a holder that no object can be called", company("interests: [{kind: Control, holder: {name: X_Y}}]"), "spec.interests[0].holder.name"},
		{"an unknown kind", company("interests: [{kind: Friendship, holder: {name: x}}]"), `spec.interests[0].kind: Unsupported value: "Friendship"`},
		{"control with a share", company(`interests: [{kind: Control, holder: {name: x}, share: {exact: "1"}}]`), "spec.interests[0].share: Forbidden"},
		{"a share without an amount", interest("share: {}"), "spec.interests[0].share: Required value"},
		{"a share that is no number", interest(`share: {exact: "half"}`), `spec.interests[0].share.exact: Invalid value: "half"`},
		{"more than everything", interest(`share: {maximum: "100.1"}`), `spec.interests[0].share.maximum: Invalid value: "100.1"`},
		{"exact and a bound", interest(`share: {exact: "1", maximum: "2"}`), "spec.interests[0].share: Invalid value"},
		{"a range that is upside down", interest(`share: {minimum: "60", maximum: "50"}`), `spec.interests[0].share: Invalid value: ">= 60, <= 50"`},
		{"a range that is upside down where doubles cannot tell", interest(`share: {minimum: "50.00000000000000000002", maximum: "50.00000000000000000001"}`), "spec.interests[0].share: Invalid value"},
		{"an empty range", interest(`share: {exclusiveMinimum: "50", maximum: "50"}`), "spec.interests[0].share: Invalid value"},
		{"a joint holding that is no name", interest(`joint: The Family`), `spec.interests[0].joint: Invalid value: "The Family"`},
		{"a joint holding that ends with a hyphen", interest(`joint: family-`), `spec.interests[0].joint: Invalid value: "family-"`},
		{"the name of a joint holding that nobody reads to its end", interest("joint: " + strings.Repeat("a", 64)), "spec.interests[0].joint: Invalid value"},
		{"control that is held jointly", company("interests: [{kind: Control, holder: {name: x}, joint: family}]"), "spec.interests[0].joint: Forbidden: control by other means is not held jointly"},
		{"a day that there is not", interest(`since: "2026-02-30"`), `spec.interests[0].since: Invalid value: "2026-02-30"`},
		{"a period that ends as it begins", interest(`since: "2026-02-01", until: "2026-02-01"`), "spec.interests[0].until: Invalid value"},
	} {
		_, _, errs := compileEntity(entityFrom(t, row.spec))
		if len(errs) == 0 || !strings.Contains(errs.ToAggregate().Error(), row.want) {
			t.Errorf("%s: %v does not say %q", row.reason, errs, row.want)
		}
	}
}

func TestTenantRefusals(t *testing.T) {
	t.Parallel()
	const parties = "parties: [{role: Customer, entity: {name: x}}]\n"
	for _, row := range []struct{ reason, spec, want string }{
		{"nobody", "{}", "spec.parties: Required value"},
		{"an unknown role", "parties: [{role: Friend, entity: {name: x}}]", `spec.parties[0].role: Unsupported value: "Friend"`},
		{"a role of nobody", "parties: [{role: Payer}]", "spec.parties[0].entity: Invalid value"},
		{"no place", parties + "namespaces: {}", "spec.namespaces: Required value"},
		{"a name that no namespace has", parties + "namespaces: {names: [a.b]}", "spec.namespaces.names[0]"},
		{"a bad selector", parties + "namespaces: {selector: {matchExpressions: [{key: a, operator: Near}]}}", "spec.namespaces.selector.matchExpressions[0].operator"},
		{"an amount that is none", parties + `annualValue: {amount: "1e9", currency: EUR}`, "spec.annualValue.amount"},
		{"a currency that is none", parties + `annualValue: {amount: "1", currency: euro}`, "spec.annualValue.currency"},
	} {
		tenant := &v1alpha1.Tenant{ObjectMeta: metav1.ObjectMeta{Name: "lantern"}}
		if err := yaml.UnmarshalStrict([]byte(row.spec), &tenant.Spec); err != nil {
			t.Fatal(err)
		}
		compiled, errs := compileTenant(tenant)
		if len(errs) == 0 || !strings.Contains(errs.ToAggregate().Error(), row.want) {
			t.Errorf("%s: %v does not say %q", row.reason, errs, row.want)
		}
		if compiled == nil || compiled.Name != "lantern" || len(compiled.Links) != len(tenant.Spec.Parties) {
			t.Errorf("%s: the tenant must be there with all of its parties: %+v", row.reason, compiled)
		}
	}
}
