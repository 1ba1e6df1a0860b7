package mirror

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

var options = Options{Namespace: "domicile-system"}

// contentOfNames is a content of so many names of 24 characters.
func contentOfNames(n int) Content {
	names := map[string]bool{}
	for i := range n {
		names[fmt.Sprintf("tenant-%08x-0000-400", uint32(i)*2654435761)] = true
	}
	return Content{scopes: []scope{{names: names, bound: map[string]bool{"a": true}}}}
}

func TestWhatTheAPIServerTakes(t *testing.T) {
	t.Parallel()
	for names, policies := range map[int]int{0: 1, 1: 1, 45_000: 1, 52_000: 2, 100_000: 3, 300_000: Most} {
		m := options.Render(contentOfNames(names))
		if len(m.Policies) != policies || len(m.Bindings) != policies {
			t.Errorf("%d names are in %d policies, want %d", names, len(m.Policies), policies)
		}
		if (m.Left > 0) != (names == 300_000) {
			t.Errorf("of %d names %d have no room", names, m.Left)
		}
		for i := range m.Policies {
			raw, err := json.Marshal(&m.Policies[i])
			if err != nil {
				t.Fatal(err)
			}
			if len(raw) > 1_400_000 {
				t.Errorf("%d names: policy %d has %d bytes of at most 1.5 MB, with what the API server adds", names, i, len(raw))
			}
			for _, v := range m.Policies[i].Spec.Variables {
				if n := utf8.RuneCountInString(v.Expression); n > 100_000 {
					t.Errorf("%d names: %s has %d characters of at most 100,000", names, v.Name, n)
				}
			}
		}
	}
}

func TestAnIndexFindsTheTextOfAName(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(contentOfNames(5000).scopes[0].names))
	x := indexOf(names)
	if len(x.texts) < 8 || len(x.texts) != len(x.first) {
		t.Fatalf("%d texts, %d first names", len(x.texts), len(x.first))
	}
	for _, name := range names {
		at, found := slices.BinarySearch(x.first, name)
		if !found {
			at--
		}
		if !strings.Contains(x.texts[at], "\n"+name+"\n") || len(x.texts[at]) > maxText {
			t.Fatalf("%s is not in text %d of %d bytes", name, at, len(x.texts[at]))
		}
	}
}

func TestWhoIsMirrored(t *testing.T) {
	t.Parallel()
	in, day := sample.World(), sample.OnTenth
	in.Exemptions = []v1alpha1.TenantExemption{sample.Exemption("licence", day.Add(time.Hour))}
	for _, row := range []struct {
		reason string
		at     time.Time
		want   bool
	}{
		{"nobody holds it yet", sample.BeforeTenth, false},
		{"it is restricted, and exempted", day, false},
		{"until the exemption's last instant", day.Add(time.Hour - 1), false},
		{"and at that second it is not", day.Add(time.Hour), true},
	} {
		part := new(Reader).Read(snapshottest.Compile(in), row.at).Policies["no-cn"]
		if part.Refuses("lantern") != row.want || (part.Names == 1) != row.want {
			t.Errorf("%s: mirrored is %t", row.reason, part.Refuses("lantern"))
		}
	}
}

// TestAReaderThatFollowsReadsWhatANewOneDoes takes a world through changes.
func TestAReaderThatFollowsReadsWhatANewOneDoes(t *testing.T) {
	t.Parallel()
	r, w := &Reader{}, snapshottest.Compile(sample.World())
	steps := []struct {
		reason string
		at     time.Time
		change snapshot.Changes
	}{
		{"the start", sample.BeforeTenth, snapshot.Changes{}},
		{"a day on which ownership changes", sample.OnTenth, snapshot.Changes{}},
		{"an exemption", sample.OnTenth, snapshot.Changes{Exemptions: map[string]*translate.CompiledExemption{"e": exempted(sample.OnTenth.Add(time.Minute))}}},
		{"its end", sample.OnTenth.Add(time.Minute), snapshot.Changes{}},
		{"a tenant more", sample.OnTenth.Add(time.Minute), snapshot.Changes{Tenants: map[string]*translate.CompiledTenant{"more": tenant("more", "lantern-sg")}}},
		{"a tenant that changes hands", sample.OnTenth.Add(time.Minute), snapshot.Changes{Tenants: map[string]*translate.CompiledTenant{"more": tenant("more", "meridian")}}},
		{"a tenant less", sample.OnTenth.Add(time.Minute), snapshot.Changes{Tenants: map[string]*translate.CompiledTenant{"lantern": nil}}},
		{"a policy less", sample.OnTenth.Add(time.Minute), snapshot.Changes{Policies: map[string]*translate.CompiledPolicy{"no-cn": nil}}},
	}
	for _, step := range steps {
		w = w.With(step.change).At(step.at)
		want, got := options.Render(new(Reader).Read(w, step.at)), options.Render(r.Read(w, step.at))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-new +following):\n%s", step.reason, diff)
		}
	}
}

func exempted(until time.Time) *translate.CompiledExemption {
	e := sample.Exemption("e", until)
	return translate.Exemption(&e)
}

func tenant(name, party string) *translate.CompiledTenant {
	t := sample.Tenant(name, party, "1")
	return translate.Tenant(&t)
}

func TestWhatOfAPolicyIsLeftToTheWebhook(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		reason string
		match  *v1alpha1.Match
		want   []string
	}{
		{"all that is covered by default is mirrored", nil, nil},
		{"labels of a namespace are known", &v1alpha1.Match{NamespaceSelector: sample.Labelled("a", "b")}, nil},
		{"a Scale has no labels", &v1alpha1.Match{ObjectSelector: sample.Labelled("a", "b")}, []string{"scale subresources, because of objectSelector"}},
		{"the webhook keeps the values of Secrets from conditions", &v1alpha1.Match{MatchConditions: []v1alpha1.MatchCondition{{Name: "a", Expression: "true"}}}, []string{"API keys, because of matchConditions"}},
		{"one key would have to be looked for in all Secrets", &v1alpha1.Match{APIKeys: []string{"token"}}, []string{"Secrets that only apiKeys tells"}},
		{"the API server may convert what is named in one version", &v1alpha1.Match{Resources: []v1alpha1.ResourceRule{
			{APIGroups: []string{"a.example"}, Resources: []string{"engines"}},
			{APIGroups: []string{"b.example"}, APIVersions: []string{"v1"}, Resources: []string{"engines"}},
			{APIGroups: []string{""}, Resources: []string{"serviceaccounts"}},
		}}, []string{"resources engines", "resources serviceaccounts"}},
	} {
		_, left := scopeOf(row.match)
		if diff := cmp.Diff(row.want, left); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestAPolicyAboutRequestsAloneIsNotMirrored(t *testing.T) {
	t.Parallel()
	in := sample.World()
	for i := range in.Policies {
		in.Policies[i].Spec.Match = &v1alpha1.Match{Covers: []v1alpha1.Covered{v1alpha1.CoveredRequests}}
	}
	c := new(Reader).Read(snapshottest.Compile(in), sample.OnTenth)
	if p := c.Policies["no-cn"]; len(c.scopes) > 0 || !p.Omitted || p.Refuses("lantern") {
		t.Errorf("the API server would refuse workloads that the webhook admits: %+v", p)
	}
}

func TestWithoutConditionsTheOtherPoliciesAreMirrored(t *testing.T) {
	t.Parallel()
	in := sample.World()
	in.Policies = append(in.Policies, sample.Policy("theirs", &v1alpha1.Match{MatchConditions: []v1alpha1.MatchCondition{{Name: "a", Expression: "true"}}}))
	all := new(Reader).Read(snapshottest.Compile(in), sample.OnTenth)
	less := all.Without("a reason")
	if len(all.scopes) != 2 || len(less.scopes) != 1 || len(less.scopes[0].conditions) != 0 {
		t.Errorf("%d scopes, and %d without conditions", len(all.scopes), len(less.scopes))
	}
	if p := less.Policies["theirs"]; !p.Omitted || p.Refuses("lantern") || less.Policies["no-cn"].Omitted || !less.Policies["no-cn"].Refuses("lantern") {
		t.Errorf("says %+v of what is left out", less.Policies)
	}
}
