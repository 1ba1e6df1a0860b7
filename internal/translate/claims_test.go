package translate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// annotated makes an object whose own annotations have one entry.
func annotated(key string, value any) map[string]any {
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": "web", "annotations": map[string]any{key: value}},
	}
}

func TestAClaimIsExactlyTheNameOfATenant(t *testing.T) {
	const at = "metadata.annotations"
	valid := func(name string) residency.Claims {
		return residency.Claims{Tenants: []residency.Claim{{Tenant: name, Path: at}}}
	}
	for name, tc := range map[string]struct {
		reason  string
		key     string
		value   any
		want    residency.Claims
		problem string
	}{
		"name":             {"the plain case", "domicile.dev/tenant", "lantern-sg", valid("lantern-sg"), ""},
		"subdomain":        {"Tenants are named like any cluster-scoped object", "domicile.dev/tenant", "sg.lantern.example", valid("sg.lantern.example"), ""},
		"another key":      {"only our own annotations are claims", "example.com/tenant", "lantern-sg", residency.Claims{}, ""},
		"our other keys":   {"the prefix alone makes no claim", "domicile.dev/note", "lantern-sg", residency.Claims{}, ""},
		"empty":            {"an empty claim would be a claim of nobody", "domicile.dev/tenant", "", residency.Claims{}, "must not be empty"},
		"padded":           {"trimming would read another name than other readers do", "domicile.dev/tenant", " lantern-sg", residency.Claims{}, "not the name"},
		"newline":          {"YAML block scalars end in one", "domicile.dev/tenant", "lantern-sg\n", residency.Claims{}, "not the name"},
		"upper case":       {"names are lower-case", "domicile.dev/tenant", "Lantern-SG", residency.Claims{}, "not the name"},
		"look-alike":       {"a Cyrillic а is another letter", "domicile.dev/tenant", "l\u0430ntern-sg", residency.Claims{}, `\u0430`},
		"full-width":       {"full-width letters fold to ASCII in some readers", "domicile.dev/tenant", "ｌantern-sg", residency.Claims{}, "not the name"},
		"zero-width":       {"invisible in every editor", "domicile.dev/tenant", "lantern\u200b-sg", residency.Claims{}, `\u200b`},
		"NUL":              {"ends a string in some readers", "domicile.dev/tenant", "lantern-sg\x00clean", residency.Claims{}, `\x00`},
		"list":             {"one tenant is claimed", "domicile.dev/tenant", "lantern-sg,meridian", residency.Claims{}, "on-behalf-of"},
		"too long":         {"253 is the limit of a name", "domicile.dev/tenant", strings.Repeat("a", 254), residency.Claims{}, "not the name"},
		"very long":        {"a message never quotes all of it", "domicile.dev/tenant", strings.Repeat("A", 1<<20), residency.Claims{}, "…"},
		"number":           {"custom resources may hold anything", "domicile.dev/tenant", int64(7), residency.Claims{}, "must be a string"},
		"null":             {"no string either", "domicile.dev/tenant", nil, residency.Claims{}, "must be a string"},
		"list value":       {"no string either", "domicile.dev/tenant", []any{"lantern-sg"}, residency.Claims{}, "must be a string"},
		"key in upper":     {"the API server takes it for another annotation", "Domicile.dev/Tenant", "lantern-sg", residency.Claims{}, "must be written domicile.dev/tenant"},
		"key padded":       {"nested annotations are not validated by the API server", "domicile.dev/tenant ", "lantern-sg", residency.Claims{}, "must be written"},
		"key zero-width":   {"invisible in every editor", "domicile.dev/\u200btenant", "lantern-sg", residency.Claims{}, `\u200b`},
		"key with NUL":     {"ends a string in some readers", "domicile.dev/tenant\x00", "lantern-sg", residency.Claims{}, `\x00`},
		"on behalf, upper": {"the same holds for every key of ours", "domicile.dev/On-Behalf-Of", "lantern-sg", residency.Claims{}, "must be written domicile.dev/on-behalf-of"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Object(annotated(tc.key, tc.value)).Claims
			checkProblem(t, tc.reason, got.Problems, residency.InvalidClaim, tc.problem)
			got.Problems = nil
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: claims (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func checkProblem(t *testing.T, why string, problems []residency.ClaimProblem, reason residency.Reason, contains string) {
	t.Helper()
	if contains == "" {
		if len(problems) != 0 {
			t.Errorf("%s: unexpected problems: %v", why, problems)
		}
		return
	}
	if len(problems) != 1 || problems[0].Reason != reason || !strings.Contains(problems[0].Message, contains) {
		t.Errorf("%s: want one %s with %q, got %v", why, reason, contains, problems)
	}
	for _, p := range problems {
		if len(p.Message) > 512 {
			t.Errorf("%s: a message of %d bytes", why, len(p.Message))
		}
	}
}

func TestListsOfClaims(t *testing.T) {
	const at = "metadata.annotations"
	for name, tc := range map[string]struct {
		reason  string
		key     string
		value   string
		want    residency.Claims
		problem string
	}{
		"tenants": {
			"order stays, repetitions go", "domicile.dev/on-behalf-of", "b, a,b",
			residency.Claims{OnBehalfOf: []residency.Claim{{Tenant: "b", Path: at}, {Tenant: "a", Path: at}}}, "",
		},
		"owners": {
			"a colon may be part of the identifier", "domicile.dev/owner", "LEI:00LANTERNGROUP000060, X-Y:a:b",
			residency.Claims{Owners: []residency.Owner{
				{Party: ownership.Identifier{Scheme: "LEI", ID: "00LANTERNGROUP000060"}, Path: at},
				{Party: ownership.Identifier{Scheme: "X-Y", ID: "a:b"}, Path: at},
			}}, "",
		},
		"an empty item":   {"a slip of the pen", "domicile.dev/on-behalf-of", "a,,b", residency.Claims{OnBehalfOf: []residency.Claim{{Tenant: "a", Path: at}}}, "empty"},
		"an empty list":   {"says nothing", "domicile.dev/owner", "", residency.Claims{}, "SCHEME:ID"},
		"no scheme":       {"cannot be looked up", "domicile.dev/owner", "00LANTERNGROUP000060", residency.Claims{}, "SCHEME:ID"},
		"an empty scheme": {"cannot be looked up", "domicile.dev/owner", ":00LANTERNGROUP000060", residency.Claims{}, "SCHEME:ID"},
		"an empty id":     {"cannot be looked up", "domicile.dev/owner", "LEI:", residency.Claims{}, "SCHEME:ID"},
		"a look-alike id": {"what a person reads is what is looked up", "domicile.dev/owner", "LEI:5493\u0430", residency.Claims{}, `\u0430`},
		"too long":        {"bounded before it is split", "domicile.dev/owner", strings.Repeat("LEI:A,", 3000), residency.Claims{}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Object(annotated(tc.key, tc.value)).Claims
			reason := residency.InvalidClaim
			if name == "too long" {
				reason = residency.LimitExceeded
			}
			checkProblem(t, tc.reason, got.Problems, reason, tc.problem)
			got.Problems = nil
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: claims (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestClaimsAreBounded(t *testing.T) {
	many := func(n int, value func(i int) string) string {
		var items []string
		for i := range n {
			items = append(items, value(i))
		}
		return strings.Join(items, ",")
	}
	nested := func(n int) map[string]any {
		var list []any
		for i := range n {
			list = append(list, annotated("domicile.dev/tenant", fmt.Sprintf("t%d", i)))
		}
		return map[string]any{"items": list}
	}
	for name, tc := range map[string]struct {
		reason string
		object map[string]any
		most   int
	}{
		"tenants":   {"each is looked up", nested(maxTenants + 1), maxTenants},
		"marks":     {"each is kept", nested(maxMarks + 1), maxTenants},
		"on behalf": {"each is looked up", annotated("domicile.dev/on-behalf-of", many(maxOnBehalfOf+1, func(i int) string { return fmt.Sprintf("t%d", i) })), maxOnBehalfOf},
		"owners":    {"each is looked up", annotated("domicile.dev/owner", many(maxOwners+1, func(i int) string { return fmt.Sprintf("LEI:%d", i) })), maxOwners},
	} {
		t.Run(name, func(t *testing.T) {
			got := Object(tc.object).Claims
			limited := false
			for _, p := range got.Problems {
				limited = limited || p.Reason == residency.LimitExceeded
			}
			if !limited {
				t.Errorf("%s: no LimitExceeded in %v", tc.reason, got.Problems)
			}
			if n := len(got.Tenants) + len(got.OnBehalfOf) + len(got.Owners); n > tc.most {
				t.Errorf("%s: %d are kept", tc.reason, n)
			}
		})
	}
}

func TestAMarkKnowsWhetherWhatItMarksExists(t *testing.T) {
	object := map[string]any{"spec": map[string]any{"groups": []any{
		map[string]any{"template": annotated("domicile.dev/tenant", "lantern-sg")},
	}}}
	mark := Read(object).Marks[0]
	if got, want := mark.Path, "spec.groups[0].template.metadata.annotations"; got != want {
		t.Fatalf("path: got %s, want %s", got, want)
	}
	for name, tc := range map[string]struct {
		reason string
		object map[string]any
		want   bool
	}{
		"unchanged":          {"it is there", object, true},
		"without annotation": {"the template is what is marked", map[string]any{"spec": map[string]any{"groups": []any{map[string]any{"template": map[string]any{}}}}}, true},
		"without template":   {"nothing is left", map[string]any{"spec": map[string]any{"groups": []any{map[string]any{}}}}, false},
		"without group":      {"nothing is left", map[string]any{"spec": map[string]any{"groups": []any{}}}, false},
		"another shape":      {"nothing is left", map[string]any{"spec": "text"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mark.HasPlace(tc.object); got != tc.want {
				t.Errorf("%s: got %v", tc.reason, got)
			}
		})
	}
}

func TestTheClaimOfASecret(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		value  string
		want   string
	}{
		"a name":         {"whose it is", "lantern-sg", "lantern-sg"},
		"an odd name":    {"nobody can claim to be that, so it is foreign to everybody", " lantern-sg", "("},
		"an empty claim": {"the same", "", "("},
	} {
		t.Run(name, func(t *testing.T) {
			if got := TenantOfSecret(map[string]string{"domicile.dev/tenant": tc.value}); !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s: got %q", tc.reason, got)
			}
		})
	}
	if got := TenantOfSecret(map[string]string{"example.com/other": "x"}); got != "" {
		t.Errorf("no claim: got %q", got)
	}
}
