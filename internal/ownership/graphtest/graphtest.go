// Package graphtest builds ownership graphs for tests from a small notation:
//
//	acme < 75 holdco; holdco < 100 state:CN
//
// Statements are separated by semicolons or line ends; what follows a # is a
// comment. A statement is a party, or an interest:
//
//	SUBJECT < [votes] SHARE HOLDER [SINCE..UNTIL] ["SOURCE"] [MORE]
//	SUBJECT < control HOLDER [SINCE..UNTIL] ["SOURCE"]
//
// It is direct, unless MORE says otherwise: indirect, through:A,B (indirect as
// well), or unsaid; and class:NAME and joint:NAME. A SHARE is a percentage, a range such as (25,50] or [75,100], or ? for one
// that is not known. Days are YYYY-MM-DD, and either may be missing.
//
// A party is NAME[/TYPE][:CODES], with its type (company, person, state,
// arrangement, joint; company unless said) and codes (headquarters, or a person's
// nationality; two with a comma are incorporation and headquarters) wherever it
// stands first with them. A code !TEXT is a headquarters that is not understood, and
// !TEXT|CC|CC one that may be in those countries only. state:CC is the state itself. ?NAME is a party that
// nobody declares.
package graphtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// World is what a text declares, in the order of the text.
type World struct {
	Parties   []ownership.Party
	Interests []ownership.Interest
}

// Parse reads the notation.
func Parse(text string) (World, error) {
	var w World
	for number, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		for statement := range strings.SplitSeq(line, ";") {
			if err := w.read(strings.TrimSpace(statement)); err != nil {
				return World{}, fmt.Errorf("line %d: %q: %w", number+1, statement, err)
			}
		}
	}
	return w, nil
}

// Build parses the notation and builds the graph.
func Build(t testing.TB, text string) *ownership.Graph {
	t.Helper()
	w, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return w.Graph()
}

// Graph builds the graph.
func (w World) Graph() *ownership.Graph {
	var b ownership.Builder
	for _, p := range w.Parties {
		b.AddParty(p)
	}
	for _, i := range w.Interests {
		b.AddInterest(i)
	}
	return b.Build()
}

// Node finds a party by its name.
func Node(t testing.TB, g *ownership.Graph, name string) ownership.Node {
	t.Helper()
	n, ok := g.Find(ownership.Ref{Key: name})
	if !ok {
		t.Fatalf("there is no party %q", name)
	}
	return n
}

// Start makes a seed of every party that has a code in one of the countries, on
// any basis, and says which parties have no code at all.
func Start(g *ownership.Graph, countries ...jurisdiction.Code) ownership.Start {
	var s ownership.Start
	for n := range ownership.Node(g.Len()) {
		codes := Codes(g.Party(n))
		var blocked []jurisdiction.Code
		for _, c := range codes {
			if slices.Contains(countries, c.Country()) {
				blocked = append(blocked, c.Country())
			}
		}
		slices.Sort(blocked)
		switch {
		case len(codes) == 0:
			s.Unknown = append(s.Unknown, n)
		case len(blocked) > 0:
			s.Seeds = append(s.Seeds, ownership.Seed{Node: n, Countries: slices.Compact(blocked)})
		}
	}
	return s
}

// Codes are all codes of a party, on any basis.
func Codes(p ownership.Party) []jurisdiction.Code {
	j := p.Jurisdictions
	codes := slices.Concat([]jurisdiction.Code{j.Incorporation, j.Headquarters},
		j.Nationality, j.Residence, j.OtherIncorporation, j.OtherHeadquarters)
	return slices.DeleteFunc(codes, func(c jurisdiction.Code) bool { return c == "" })
}

func (w *World) read(statement string) error {
	if statement == "" {
		return nil
	}
	subject, interest, ok := strings.Cut(statement, "<")
	name, err := w.party(strings.TrimSpace(subject))
	if err != nil || !ok {
		return err
	}
	i := ownership.Interest{Subject: ownership.Ref{Key: name}, Directness: ownership.Direct}
	words := strings.Fields(interest)
	if len(words) > 0 && words[0] == "control" {
		i.Kind, words = ownership.Control, words[1:]
	} else {
		if len(words) > 0 && words[0] == "votes" {
			i.Kind, words = ownership.VotingRights, words[1:]
		}
		if len(words) == 0 {
			return fmt.Errorf("a share is missing")
		}
		if i.Share, err = share(words[0]); err != nil {
			return err
		}
		words = words[1:]
	}
	if len(words) == 0 {
		return fmt.Errorf("a holder is missing")
	}
	if i.Holder.Key, err = w.party(words[0]); err != nil {
		return err
	}
	if err := w.details(&i, words[1:]); err != nil {
		return err
	}
	w.Interests = append(w.Interests, i)
	return nil
}

func share(s string) (ownership.Share, error) {
	var text ownership.ShareText
	inner := strings.Trim(s, "([])")
	lower, upper, isRange := strings.Cut(inner, ",")
	switch {
	case s == "?":
	case !isRange:
		text.Exact = s
	default:
		if text.Minimum = lower; strings.HasPrefix(s, "(") {
			text.Minimum, text.ExclusiveMinimum = "", lower
		}
		if text.Maximum = upper; strings.HasSuffix(s, ")") {
			text.Maximum, text.ExclusiveMaximum = "", upper
		}
	}
	return ownership.ParseShare(text)
}

func (w *World) details(i *ownership.Interest, words []string) error {
	for _, word := range words {
		since, until, isPeriod := strings.Cut(word, "..")
		what, value, _ := strings.Cut(word, ":")
		switch {
		case word == "indirect":
			i.Directness = ownership.Indirect
		case word == "unsaid":
			i.Directness = ownership.UnknownDirectness
		case what == "class":
			i.Class = value
		case what == "joint":
			i.Joint = value
		case what == "through":
			i.Directness = ownership.Indirect
			for name := range strings.SplitSeq(value, ",") {
				key, err := w.party(name)
				if err != nil {
					return err
				}
				i.Through = append(i.Through, ownership.Ref{Key: key})
			}
		case strings.HasPrefix(word, `"`):
			i.Source = strings.Trim(word, `"`)
		case isPeriod:
			var err error
			if i.Since, err = date(since); err != nil {
				return err
			}
			if i.Until, err = date(until); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%q is no period, no source and nothing more that is known", word)
		}
	}
	return nil
}

func date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

var types = map[string]ownership.PartyType{
	"": ownership.Company, "company": ownership.Company, "person": ownership.Person,
	"state": ownership.State, "arrangement": ownership.Arrangement, "joint": ownership.JointArrangement,
}

// party declares a party, unless it has been, and returns its key.
func (w *World) party(word string) (string, error) {
	name, codes, _ := strings.Cut(word, ":")
	name, typeName, _ := strings.Cut(name, "/")
	if rest, ok := strings.CutPrefix(name, "?"); ok {
		return rest, nil
	}
	if name == "state" {
		name, typeName = word, "state"
	}
	partyType, ok := types[typeName]
	if name == "" || !ok {
		return "", fmt.Errorf("%q is no party", word)
	}
	index := slices.IndexFunc(w.Parties, func(p ownership.Party) bool { return p.Key == name })
	if index < 0 {
		index = len(w.Parties)
		w.Parties = append(w.Parties, ownership.Party{Key: name, Name: name, Type: partyType})
	}
	p := &w.Parties[index]
	if typeName != "" {
		p.Type = partyType
	}
	if codes == "" {
		return name, nil
	}
	return name, settle(p, codes)
}

// settle says where a party sits.
func settle(p *ownership.Party, codes string) error {
	var parsed []jurisdiction.Code
	for s := range strings.SplitSeq(codes, ",") {
		if text, ok := strings.CutPrefix(s, "!"); ok {
			words := strings.Split(text, "|")
			unread := ownership.Unread{Basis: ownership.Headquarters, Text: words[0]}
			for _, code := range words[1:] {
				unread.Candidates = append(unread.Candidates, jurisdiction.Code(code))
			}
			p.Jurisdictions.Unread = append(p.Jurisdictions.Unread, unread)
			continue
		}
		c, err := jurisdiction.Parse(s)
		if err != nil {
			return err
		}
		parsed = append(parsed, c)
	}
	j := &p.Jurisdictions
	switch {
	case len(parsed) == 0:
	case p.Type == ownership.Person:
		j.Nationality = parsed
	case p.Type == ownership.State:
		j.Incorporation = parsed[0]
	case len(parsed) > 1:
		j.Incorporation, j.Headquarters = parsed[0], parsed[1]
	default:
		j.Headquarters = parsed[0]
	}
	return nil
}
