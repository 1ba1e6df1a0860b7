package expectation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/expectation"
)

func pod(name string, decisions ...expectation.Decision) expectation.Result {
	return expectation.Result{Resource: expectation.Resource{APIVersion: "v1", Kind: "Pod", Name: name}, Allowed: true, Decisions: decisions}
}

func about(policy, tenant, verdict string) expectation.Decision {
	return expectation.Decision{Policy: policy, Tenant: tenant, Verdict: verdict, Reason: "R", Action: "Warn"}
}

func TestComparesWhatIsGiven(t *testing.T) {
	t.Parallel()
	exempted := func(e expectation.Exemption) expectation.Decision {
		d := about("p", "t", "Clear")
		d.Exemptions = []expectation.Exemption{e}
		return d
	}
	told := about("p", "t", "Clear")
	told.Message, told.Path = "why", []string{"a", "b"}
	elsewhere := told
	elsewhere.Path = []string{"a"}
	denied := pod("a")
	denied.Allowed = false
	for _, tc := range []struct {
		reason    string
		want, got []expectation.Result
		diff      []string
	}{
		{"nothing and nothing", nil, []expectation.Result{}, nil},
		{"no decisions and an empty list of them are the same", []expectation.Result{{Resource: pod("a").Resource, Allowed: true, Decisions: []expectation.Decision{}}}, []expectation.Result{pod("a")}, nil},
		{"a message and a path that are not given may be anything", []expectation.Result{pod("a", about("p", "t", "Clear"))}, []expectation.Result{pod("a", told)}, nil},
		{"those that are given may not", []expectation.Result{pod("a", told)}, []expectation.Result{pod("a", about("p", "t", "Clear"))},
			[]string{"Pod a", "  policy p, tenant t: the message is none; expected: why", "  policy p, tenant t: the path is none; expected: a | b"}},
		{"not a part of it either", []expectation.Result{pod("a", told)}, []expectation.Result{pod("a", elsewhere)},
			[]string{"Pod a", "  policy p, tenant t: the path is a; expected: a | b"}},
		{"what is allowed", []expectation.Result{pod("a")}, []expectation.Result{denied}, []string{"Pod a", "  it is denied; expected: allowed"}},
		{"another verdict, and why", []expectation.Result{pod("a", about("p", "t", "Restricted"))}, []expectation.Result{pod("a", told)},
			[]string{"Pod a", "  policy p, tenant t: Clear (R), Warn; expected: Restricted (R), Warn", "    because: why"}},
		{"a decision too few", []expectation.Result{pod("a", about("", "", "Clear"))}, []expectation.Result{pod("a")},
			[]string{"Pod a", "  without a policy: no decision; expected: Clear (R), Warn"}},
		{"a decision too many", []expectation.Result{pod("a")}, []expectation.Result{pod("a", about("p", "", "Clear"))},
			[]string{"Pod a", "  policy p: Clear (R), Warn; expected: no decision"}},
		{"the same decision twice", []expectation.Result{pod("a", about("p", "t", "Clear"))}, []expectation.Result{pod("a", about("p", "t", "Clear"), about("p", "t", "Clear"))},
			[]string{"Pod a", "  policy p, tenant t: Clear (R), Warn; expected: no decision"}},
		{"decisions in another order", []expectation.Result{pod("a", about("p", "t", "Clear"), about("q", "t", "Clear"))}, []expectation.Result{pod("a", about("q", "t", "Clear"), about("p", "t", "Clear"))},
			[]string{"Pod a", "  policy q, tenant t: it is expected in another place of the list"}},
		{"an object too few, and one too many", []expectation.Result{pod("a")}, []expectation.Result{pod("b")},
			[]string{"Pod a", "  it is expected, and is not in the input", "Pod b", "  it is in the input, and nothing is expected of it"}},
		{"objects in another order", []expectation.Result{pod("a"), pod("b")}, []expectation.Result{pod("b"), pod("a")},
			[]string{"Pod b", "  it stands in another place than in the input: results have the order of the input"}},
		{"an exemption that is named", []expectation.Result{pod("a", exempted(expectation.Exemption{Name: "e"}))}, []expectation.Result{pod("a", exempted(expectation.Exemption{Name: "e", Tenant: "t"}))}, nil},
		{"another part of one", []expectation.Result{pod("a", exempted(expectation.Exemption{Name: "e", Tenant: "x"}))}, []expectation.Result{pod("a", exempted(expectation.Exemption{Name: "e", Tenant: "t"}))},
			[]string{"Pod a", "  policy p, tenant t: its exemption is e, t; expected: e, x"}},
		{"none at all", []expectation.Result{pod("a", about("p", "t", "Clear"))}, []expectation.Result{pod("a", exempted(expectation.Exemption{Name: "e"}))},
			[]string{"Pod a", "  policy p, tenant t: its exemption is e; expected: none"}},
	} {
		got := strings.Split(strings.TrimSuffix(expectation.Diff(tc.want, tc.got), "\n"), "\n")
		if tc.diff == nil {
			tc.diff = []string{""}
		}
		if diff := cmp.Diff(tc.diff, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
	}
}

func TestParsesLinesOfWindows(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll("Why.\nAT : 2027-01-01T00:00:00+01:00\n-- input.yaml --\na: b\n-- expected.yaml --\nresults: []\n-- f --\nx\n", "\n", "\r\n")
	c, errs := expectation.Parse("cases/a.txtar", []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	if c.Name != "a" || c.Comment != "Why." || c.At.UTC().Hour() != 23 || string(c.Input) != "a: b\n" || c.InputLine != 4 || c.LineOf("f") != 8 || string(c.Files[0].Data) != "x\n" {
		t.Errorf("the case is %+v", c)
	}
}
