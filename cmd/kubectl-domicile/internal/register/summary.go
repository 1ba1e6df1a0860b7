package register

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	registers "github.com/domicile-dev/domicile/internal/register"
)

// summary is what inspect finds, in the form of -o json.
type summary struct {
	Format    string          `json:"format"`
	Compiled  bool            `json:"compiled"`
	Records   int64           `json:"records"`
	Refused   refusedRecords  `json:"refused"`
	Remarked  remarkSummary   `json:"remarked"`
	Parties   partySummary    `json:"parties"`
	Interests interestSummary `json:"interests"`
	Schemes   []counted       `json:"schemes"`
	Problems  problemSummary  `json:"problems"`
	// Memory is how many bytes the register takes in every manager.
	Memory int64 `json:"memoryBytes"`
}

type refusedRecords struct {
	Total int64    `json:"total"`
	First []record `json:"first"`
}

// remarkSummary are the remarks, by kind.
type remarkSummary struct {
	Total int64      `json:"total"`
	Kinds []remarked `json:"kinds"`
}

type remarked struct {
	Kind string `json:"kind"`
	refusedRecords
}

type record struct {
	File    string `json:"file"`
	Line    int64  `json:"line,omitempty"`
	Record  string `json:"record,omitempty"`
	Message string `json:"message"`

	text string
}

type partySummary struct {
	Total int64     `json:"total"`
	Types []counted `json:"types"`
	// NotLoaded are parties that are only referred to.
	NotLoaded int64 `json:"notLoaded"`
	// WithoutJurisdiction are parties of which no jurisdiction is known.
	WithoutJurisdiction int64 `json:"withoutJurisdiction"`
}

type interestSummary struct {
	Total int64 `json:"total"`
	// On is the day that Held is about, and From and Until the first and last
	// day on which an interest begins or ends.
	On    string `json:"on"`
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
	// Held counts by kind what is held on the day; what one holder has of one
	// kind in a subject counts once.
	Held []counted `json:"held"`
}

type counted struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

type problemSummary struct {
	Total   int64     `json:"total"`
	Reasons []counted `json:"reasons"`
	Listed  []problem `json:"listed"`
}

type problem struct {
	Party   string `json:"party,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

var typeNames = map[ownership.PartyType]string{
	ownership.UnknownType: "Unknown", ownership.Company: "Company", ownership.Person: "Person",
	ownership.State: "State", ownership.Arrangement: "Arrangement", ownership.JointArrangement: "JointArrangement",
}

func summarise(layer *ownership.Layer, report registers.Report, format string, at time.Time) summary {
	s := summary{
		Format: format, Compiled: report.Compiled, Records: report.Records,
		Refused:   refusedRecords{report.Refused, recordsOf(report.Refusals)},
		Remarked:  remarksOf(report),
		Memory:    layer.Memory(),
		Parties:   partySummary{Total: int64(layer.Parties())},
		Interests: interestSummary{Total: int64(layer.Interests()), On: at.UTC().Format(time.DateOnly)},
	}
	g := ownership.NewGraph(layer, nil)
	s.count(g, g.At(at))
	s.period(g)
	reasons := map[string]int64{}
	for _, p := range g.Problems() {
		reasons[p.Reason]++
		s.Problems.Listed = append(s.Problems.Listed, problem(p))
	}
	s.Problems.Reasons = inOrder(reasons)
	s.Problems.Total = int64(len(s.Problems.Listed) + g.ProblemsLeftOut())
	return s
}

func remarksOf(report registers.Report) remarkSummary {
	s := remarkSummary{Total: report.Remarked(), Kinds: []remarked{}}
	for _, of := range report.Remarks {
		s.Kinds = append(s.Kinds, remarked{of.Kind.String(), refusedRecords{of.Count, recordsOf(of.First)}})
	}
	return s
}

func recordsOf(refusals []registers.Refusal) []record {
	records := make([]record, 0, len(refusals))
	for _, r := range refusals {
		records = append(records, record{r.File, r.Line, r.Record, r.Message, r.String()})
	}
	return records
}

// count goes through all parties.
func (s *summary) count(g *ownership.Graph, v *ownership.View) {
	types, schemes, held := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for n := range ownership.Node(g.Len()) {
		for _, h := range v.Holdings(n) {
			held[h.Kind.String()]++
		}
		if !g.Loaded(n) {
			s.Parties.NotLoaded++
			continue
		}
		p := g.Party(n)
		types[typeNames[p.Type]]++
		for _, id := range p.Identifiers {
			schemes[id.Scheme]++
		}
		j := p.Jurisdictions
		if j.Incorporation == "" && j.Headquarters == "" && len(j.Nationality) == 0 && len(j.Residence) == 0 && len(j.Unread) == 0 {
			s.Parties.WithoutJurisdiction++
		}
	}
	s.Parties.Types, s.Schemes, s.Interests.Held = inOrder(types), inOrder(schemes), inOrder(held)
}

// period finds the first and last day on which anything changes.
func (s *summary) period(g *ownership.Graph) {
	if from, ok := g.At(time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)).Until(); ok {
		s.Interests.From = from.Format(time.DateOnly)
	}
	if until, ok := g.At(time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)).From(); ok {
		s.Interests.Until = until.Format(time.DateOnly)
	}
}

// inOrder lists counts, the most first.
func inOrder(counts map[string]int64) []counted {
	list := make([]counted, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, counted{name, counts[name]})
	}
	slices.SortStableFunc(list, func(a, b counted) int { return cmp.Compare(b.Count, a.Count) })
	return list
}
