package register

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
)

const expectedGLEIF = "GLEIF: a file of the golden copy as CSV: level 1, level 2 (relationship records) or reporting exceptions"

// lei is a legal entity identifier in upper case.
type lei [20]byte

// parseLEI reads an identifier, of which the check digits must be right.
func parseLEI(s string) (lei, bool) {
	id := ownership.Identifier{Scheme: "LEI", ID: s}.Normal()
	if id.ID == "" {
		return lei{}, false
	}
	return lei([]byte(id.ID)), true
}

func (l lei) identifier() ownership.Identifier {
	return ownership.Identifier{Scheme: "LEI", ID: string(l[:])}
}

func (l lei) ref() ownership.Ref { return ownership.Ref{Identifier: l.identifier()} }

// gleifReader reads the three files of the golden copy, in any order. Entities
// are passed on; relationships and exceptions are kept in a compact form until
// all are there, because an ultimate parent means something else where there is
// a direct one.
type gleifReader struct {
	*tally
	sink          *sink
	consolidation Consolidation
	relationships []relationship
	exceptions    []exception
}

func readGLEIF(open opener, files []File, c Consolidation, t *tally, s *sink) error {
	g := &gleifReader{tally: t, sink: s, consolidation: c}
	for n, f := range files {
		err := open.each(f, func(name string, r *bufio.Reader) error {
			if err := g.file(r, place{file: n, name: name}); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if c == Ignored {
		return nil
	}
	if err := g.declareRelationships(); err != nil {
		return err
	}
	return g.declareExceptions()
}

// file reads one file; its heading says which of the three it is.
func (g *gleifReader) file(r *bufio.Reader, at place) error {
	table, err := newTable(r)
	if err != nil {
		return fmt.Errorf("%w; expected %s", err, expectedGLEIF)
	}
	var read func(place) error
	switch {
	case table.has("Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType"):
		read = g.relationshipRow(table)
	case table.has("LEI", "Exception.Category"):
		read = g.exceptionRow(table)
	case table.has("LEI", "Entity.LegalName"):
		read = g.entityRow(table)
	default:
		return fmt.Errorf("its heading is none of GLEIF's; expected %s", expectedGLEIF)
	}
	for {
		line, err := table.next()
		at.line = line
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &malformed):
			g.records++
			g.refuse(at, "%v", malformed.Err)
			continue
		case err != nil:
			return err
		}
		g.records++
		if err := read(at); err != nil {
			return err
		}
	}
}

// exception says that a parent is not told, and why.
type exception struct {
	child  lei
	reason uint8 // an index into exceptionReasons
}

// exceptionReasons has GLEIF's reasons for which somebody holds the entity who
// is not told, with what stands for the name of that party. Other reasons say
// that there is nobody.
var exceptionReasons = []struct{ code, name string }{
	{"NATURAL_PERSONS", "undisclosed parent (natural persons)"},
	{"NON_CONSOLIDATING", "undisclosed parent (it does not consolidate)"},
	{"NO_LEI", "undisclosed parent (it has no LEI)"},
	{"NON_PUBLIC", "undisclosed parent (not public)"},
	{"BINDING_LEGAL_COMMITMENTS", "undisclosed parent (binding legal commitments)"},
	{"LEGAL_OBSTACLES", "undisclosed parent (legal obstacles)"},
	{"CONSENT_NOT_OBTAINED", "undisclosed parent (consent not obtained)"},
	{"DETRIMENT_NOT_EXCLUDED", "undisclosed parent (detriment not excluded)"},
	{"DISCLOSURE_DETRIMENTAL", "undisclosed parent (disclosure detrimental)"},
}

// maxReasons is how many reasons a reporting exception has room for.
const maxReasons = 5

func (g *gleifReader) exceptionRow(t *table) func(place) error {
	id := t.position("LEI")
	var reasons []int
	for n := range maxReasons {
		reasons = append(reasons, t.position(fmt.Sprintf("Exception.Reason.%d", n+1)))
	}
	reasons = append(reasons, t.position("Exception.Reason"))
	return func(at place) error {
		child, ok := parseLEI(t.value(id))
		if at.record = t.value(id); !ok {
			g.refuse(at, "an LEI with wrong check digits identifies nobody")
			return nil
		}
		for _, position := range reasons {
			code := t.value(position)
			if code == "" || code == "NO_KNOWN_PERSON" {
				continue
			}
			n := slices.IndexFunc(exceptionReasons, func(r struct{ code, name string }) bool { return r.code == code })
			if n < 0 {
				g.remark(OtherRemark, at, "%s is no reason of a reporting exception: it counts as one that is not public", quote(code))
				n = slices.IndexFunc(exceptionReasons, func(r struct{ code, name string }) bool { return r.code == "NON_PUBLIC" })
			}
			g.exceptions = append(g.exceptions, exception{child, uint8(n)})
		}
		return nil
	}
}

// declareExceptions declares, for each reason, one party that stands for all who
// are not told for it, and that it may hold anything.
func (g *gleifReader) declareExceptions() error {
	slices.SortFunc(g.exceptions, func(a, b exception) int {
		if c := slices.Compare(a.child[:], b.child[:]); c != 0 {
			return c
		}
		return int(a.reason) - int(b.reason)
	})
	var declared [256]bool
	for _, e := range slices.Compact(g.exceptions) {
		reason := exceptionReasons[e.reason]
		key, source := "undisclosed/"+reason.code, "reporting exception "+reason.code
		if !declared[e.reason] {
			declared[e.reason] = true
			if err := g.sink.party(ownership.Party{Key: key, Name: reason.name, Source: source}); err != nil {
				return err
			}
		}
		err := g.sink.interest(ownership.Interest{
			Holder: byKey(key), Subject: e.child.ref(), Kind: ownership.Shareholding, Share: ownership.UnknownShare, Source: source,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
