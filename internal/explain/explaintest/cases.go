// Package explaintest has decisions of every shape for the tests of what draws
// them.
package explaintest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
	"github.com/domicile-dev/domicile/internal/residency"
)

// At is the instant of all decisions.
var At = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// Setting is the setting of all pictures.
var Setting = explain.Setting{At: At, From: "manifests"}

// Case is a decision about the party t, customer of tenant lantern.
type Case struct {
	Name, Reason string
	// Graph is in the notation of graphtest; Names are the names of its
	// parties, by key, and Sources its sources, by the word that is there.
	Graph   string
	Names   map[string]string
	Sources map[string]string
	Change  func(*residency.Policy)
	// Roles are further links of the tenant, by role.
	Roles map[residency.Role]string
}

// Decision makes the decision.
func (c Case) Decision(t testing.TB) residency.Decision {
	t.Helper()
	world, err := graphtest.Parse(c.Graph)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range world.Parties {
		world.Parties[i].Name = c.Names[p.Key]
		if p.Key == "group" {
			world.Parties[i].Identifiers = []ownership.Identifier{{Scheme: "LEI", ID: "00LANTERNGROUP000060"}}
		}
		world.Parties[i].Source = "LegalEntity " + p.Key
	}
	for i, interest := range world.Interests {
		if source := c.Sources[interest.Source]; source != "" {
			world.Interests[i].Source = source
		}
	}
	links := []residency.Link{{Role: residency.Customer, Party: ownership.Ref{Key: "t"}}}
	for role := residency.Reseller; role <= residency.Payer; role++ {
		if key := c.Roles[role]; key != "" {
			links = append(links, residency.Link{Role: role, Party: ownership.Ref{Key: key}})
		}
	}
	tenant := &residency.Tenant{Name: "lantern", Links: links}
	return residency.Explain(Policy(t, c.Change), world.Graph(), residency.Request{At: At, Tenant: tenant}, residency.ExplainLimits)
}

// Policy blocks CN and RU by majority; change is what else it says, or nil.
func Policy(t testing.TB, change func(*residency.Policy)) *residency.Policy {
	t.Helper()
	set, err := jurisdiction.NewSet([]jurisdiction.Code{"CN", "RU"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &residency.Policy{
		Name:          "no-restricted-owners",
		Jurisdictions: set,
		Bases:         [4]bool{true, true, true, true},
		Roles:         [4]bool{true, true, true, true},
		Rule: ownership.Rule{
			Threshold: 50 * ownership.Whole / 100, Shareholding: true, VotingRights: true, ControlRestricts: true,
		},
		Restricted: residency.Deny, Indeterminate: residency.Warn, Unidentified: residency.Audit,
	}
	if change != nil {
		change(p)
	}
	return p
}

func undisclosed(p *residency.Policy) { p.Rule.UndisclosedPossible = true }

// Cases are the decisions.
var Cases = []Case{
	{
		Name: "exempted", Reason: "what does not count because of an exemption, whose reference has all sorts of characters",
		Graph: `t:SG < 60 group; r:NL < (40,60] group; group:CN`,
		Names: map[string]string{"t": "Lantern Singapore Pte. Ltd.", "r": "Lantern Cloud Resale B.V.", "group": "Lantern Group"},
		Roles: map[residency.Role]string{residency.Reseller: "r"},
		Change: func(p *residency.Policy) {
			p.Exemptions = map[string][]*residency.Exemption{"lantern": {{
				Name: "lantern-2026", Tenant: "lantern", Reference: `L-2026/0117 <"A&B"> #1; [x]`, ExpiresAt: At.AddDate(0, 6, 0),
			}}}
		},
	},
	{
		Name: "announced", Reason: "a notice period, and when it ends in what",
		Graph:  `t:SG < 60 group; group:CN`,
		Names:  map[string]string{"t": "Lantern Singapore Pte. Ltd.", "group": "Lantern Group"},
		Change: func(p *residency.Policy) { p.EffectiveFrom, p.BeforeEffective = At.AddDate(0, 2, 0), residency.Warn },
	},
	{
		Name: "chain", Reason: "a chain of three, with dates and sources",
		Graph: `t:SG < 60 hk "report"
			t < 40 ada/person:NL
			hk:HK,HK < 75 vg 2024-03-01.. "members"
			vg:VG < 100 group ..2027-01-01 "return"
			group:KY,CN`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "hk": "Lantern HK", "vg": "Lantern Holdings (VG)",
			"group": "Lantern Group", "ada": "Ada Meridian",
		},
		Sources: map[string]string{
			"report": "Annual report 2025", "members": "Register of members of Lantern HK",
			"return": "OwnershipRegister vg-registry: statement 1dc0e987",
		},
	},
	{
		Name: "ranges", Reason: "ranges that cross the threshold, parties of whom little is known, an undisclosed part",
		Graph: `t:SG < (25,50] group; t < ? shell; t < 10 ?ghost; t < [5,10] ada/person:NL; t < votes (25,50] group
			shell < 20 trust/arrangement:LI; trust < 10 group; group:CN`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "group": "Lantern Group", "shell": "Quiet Harbour Nominees",
			"trust": "Evening Trust", "ada": "Ada Meridian",
		},
		Change: undisclosed,
	},
	{
		Name: "loop", Reason: "companies that hold each other, and the tenant's customer among them",
		Graph: `t:SG < 51 a; t < 20 t; a:HK < 30 b; a < 40 x/person:CN; b:VG < 60 t; b < 30 x; b < votes 80 a`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "a": "Lantern HK", "b": "Lantern Holdings (VG)", "x": "Xi Lantern",
		},
	},
	{
		Name: "control", Reason: "control by other means, beside shares that do not count",
		Graph: `t:SG < control wfoe "service"; t < 100 ada/person:NL
			wfoe:CN,CN < 100 group; group:KY < control x/person:CN "founders"; group < 12 x; group < votes 70 x`,
		Names: map[string]string{
			"t": "Lantern Operations", "wfoe": "Lantern Consulting (WFOE)", "group": "Lantern Group",
			"x": "Xi Lantern", "ada": "Ada Meridian",
		},
		Sources: map[string]string{"service": "Exclusive service agreement of 2023-05-02", "founders": "Founders' agreement"},
	},
	{
		Name: "single-owner", Reason: "each owner that suffices by itself",
		Graph: `t:SG < 30 a; t < 30 b; t < 40 y/person:RU; a:HK < 100 group; b:HK < 100 group; b < votes 60 y; group:CN`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "a": "Lantern East", "b": "Lantern West", "group": "Lantern Group", "y": "Yuri Meridian",
		},
		Change: func(p *residency.Policy) {
			p.Rule.Aggregation, p.Rule.Threshold = ownership.SingleOwner, 300_000_000
		},
	},
	{
		Name: "same-jurisdiction", Reason: "owners of each jurisdiction by themselves, a state among them",
		Graph: `t:SG < 26 a; t < 26 b; t < 30 r; t < 18 ada/person:NL; a:CN < 100 state:CN; b:CN; r:HK < 55 state:RU; r < 45 fund/arrangement:LU`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "a": "Lantern East", "b": "Lantern West", "r": "Meridian Trading",
			"ada": "Ada Meridian", "fund": "Evening Fund SCSp",
		},
		Change: func(p *residency.Policy) {
			p.Rule.Aggregation, p.Rule.Comparison = ownership.SameJurisdiction, ownership.AtLeast
		},
	},
	{
		Name: "effective", Reason: "each holding counts with the part of its holder",
		Graph: `t:SG < 70 a; t < 30 group; a:HK < 49 group; a < 51 ada/person:NL; t < control b; b:VG < 35 group; group:CN`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "a": "Lantern HK", "b": "Lantern Holdings (VG)", "group": "Lantern Group", "ada": "Ada Meridian",
		},
		Change: func(p *residency.Policy) { p.Rule.Method = ownership.Effective },
	},
	{
		Name: "either", Reason: "both methods, each owner by itself, a holding that counts in several parts",
		Graph: `t:SG < 60 a; t < 30 group; a:HK < 40 group; a < 60 y/person:RU; group:CN`,
		Names: map[string]string{
			"t": "Lantern Singapore Pte. Ltd.", "a": "Lantern HK", "group": "Lantern Group", "y": "Yuri Meridian",
		},
		Change: func(p *residency.Policy) {
			p.Rule.Method, p.Rule.Aggregation = ownership.Either, ownership.SingleOwner
		},
	},
	{
		Name: "roles", Reason: "several parties of one tenant, of whom one is clear, one is nowhere and one sits nowhere",
		Graph: `t:DE < 100 m; r:SG < 50 m; r < 50 group; m:DE; group:CN; p < 30 m`,
		Names: map[string]string{"t": "Meridian Labs", "m": "Meridian Holding", "r": "Lantern Cloud Resale", "group": "Lantern Group", "p": "Quiet Harbour Payments"},
		Roles: map[residency.Role]string{residency.Reseller: "r", residency.EndUser: "nobody", residency.Payer: "p"},
	},
	{Name: "clear", Reason: "nobody is restricted", Graph: `t:SG < 30 group; t < 70 clean; clean:NL < 100 ada/person:NL; group:CN`,
		Names: map[string]string{"t": "Meridian Labs", "clean": "Meridian Holding B.V.", "ada": "Ada Meridian", "group": "Lantern Group"}},
	{Name: "hostile", Reason: "names that want to be markup", Graph: `t:SG < 20 a "evil"; t < 20 b; t < 20 c; t < 20 d; t < 20 e; a:CN; b:CN; c:CN; d:CN; e:CN`, Names: Hostile, Sources: map[string]string{"evil": Hostile["a"]}},
	{Name: "group", Reason: "a group of sixty", Graph: group(), Names: groupNames()},
	{Name: "huge", Reason: "more than a picture has room for", Graph: huge()},
	{Name: "lone", Reason: "a party that nobody holds", Graph: `t:CN`, Names: map[string]string{"t": "Lantern Group"}},
	{
		Name: "nothing", Reason: "a decision without any party", Graph: `t:SG`,
		Change: func(p *residency.Policy) { p.Invalid = "spec.ownership.threshold: too large" },
	},
}

// Hostile are names that no rendering may fall for, by key.
var Hostile = map[string]string{
	"t": "\u202eLantern\u202c \x1b[31m<script>alert(\"1\")</script> & \"Sons\"]]> --> Pte. Ltd.\x00\r\n%%{init: {\"securityLevel\": \"loose\"}}%%",
	"a": "\"]:::x; n1 --> n2[\"</text><a href='javascript:alert(1)'>\u2028click n1 call alert()",
	"b": "`**bold**` \\n\\l\\\" ]}} end subgraph #quot; #35; {{x}} |y| &lt;b&gt; &#60;i&#62;",
	"c": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mit beschränkter Haftung und Co. KG auf Aktien",
	"d": "株式会社ランタン・インターナショナル・ホールディングス・アジア太平洋地域統括本部・シンガポール支店",
	"e": "شركة الفانوس القابضة للاستثمار والتجارة العامة والمقاولات ذات المسؤولية المحدودة Ltd. (50 %)",
}

// group is a group of sixty: a customer held through four levels, by and
// beside many others.
func group() string {
	var s strings.Builder
	s.WriteString("t:SG\n")
	for i := range 5 {
		fmt.Fprintf(&s, "t < 16 r%d \"page-%d\"; r%d:HK\n", i, i+1, i)
		for j := range 5 {
			fmt.Fprintf(&s, "r%d < 18 c%d%d; c%d%d:VG\n", i, i, j, i, j)
		}
	}
	for i := range 20 {
		fmt.Fprintf(&s, "c%d%d < 60 p%d; p%d:%s\n", i/4, i%4, i, i, []string{"CN", "CN,CN", "CN", "NL"}[i%4])
	}
	for i := range 5 {
		fmt.Fprintf(&s, "c%d4 < 51 group\n", i)
	}
	for i := range 8 {
		fmt.Fprintf(&s, "t < 2 q%d/person:NL\n", i)
	}
	s.WriteString("group:CN\n")
	return s.String()
}

func groupNames() map[string]string {
	names := map[string]string{"t": "Lantern Singapore Pte. Ltd.", "group": "Lantern Group"}
	for i := range 5 {
		names[fmt.Sprintf("r%d", i)] = fmt.Sprintf("Lantern Regional %d Limited", i+1)
		for j := range 5 {
			names[fmt.Sprintf("c%d%d", i, j)] = fmt.Sprintf("Lantern Country %d.%d Holdings", i+1, j+1)
		}
	}
	for i := range 20 {
		names[fmt.Sprintf("p%d", i)] = fmt.Sprintf("Meridian Partner %d", i+1)
	}
	for i := range 8 {
		names[fmt.Sprintf("q%d", i)] = fmt.Sprintf("Private Holder %d", i+1)
	}
	return names
}

// huge is a party with more holders than any picture has, each with more.
func huge() string {
	var s strings.Builder
	for i := range 400 {
		fmt.Fprintf(&s, "t < 0.2 h%03d; h%03d < 60 x%03d:CN\n", i, i, i)
	}
	return s.String() + "t:SG"
}
