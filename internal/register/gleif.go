package register

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/domicile-dev/domicile/internal/ownership"
)

const expectedGLEIF = "GLEIF: a file of the golden copy as CSV, XML or JSON: level 1, level 2 (relationship records) or reporting exceptions"

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

// gleifReader reads the three files of the golden copy, in any order and in any
// of the formats that they are published in. Entities are passed on;
// relationships and exceptions are kept in a compact form until all are there,
// because an ultimate parent means something else where there is a direct one,
// and what is recorded of a branch is recorded of its head office.
type gleifReader struct {
	*tally
	sink          *sink
	options       Options
	ordinal       uint32
	relationships []relationship
	exceptions    []exception
	duplicates    duplicates
	branches      []branch
	read          []place // the files that were read; marks point into it
}

// mark is where a record stands, without its id.
type mark struct {
	file int32 // in gleifReader.read
	line int64
}

func (g *gleifReader) place(m mark, record string) place {
	at := g.read[m.file]
	at.line, at.record = m.line, record
	return at
}

func (g *gleifReader) mark(at place) mark { return mark{int32(len(g.read) - 1), at.line} }

func readGLEIF(open opener, files []File, o Options, t *tally, s *sink) error {
	g := &gleifReader{tally: t, sink: s, options: o}
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
	g.duplicates.report(g)
	return g.declare()
}

// declare declares what could not be declared before all was read.
func (g *gleifReader) declare() error {
	of := byKind(g.relationships)
	g.relationships = nil
	var heads map[lei]lei
	if g.options.Branches == SameParty {
		links := g.tidy(append(of[branchOf], of[subFundOf]...))
		if err := g.declareLinks(links); err != nil {
			return err
		}
		g.reportBranches(links)
		heads = headsOf(links)
	}
	if g.options.Consolidation == Ignored {
		return nil
	}
	if err := g.declareConsolidation(of[direct], of[ultimate], heads); err != nil {
		return err
	}
	return g.declareExceptions(heads)
}

// file reads one file; how it begins says in which format it is written.
func (g *gleifReader) file(r *bufio.Reader, at place) error {
	g.read = append(g.read, at)
	begin, err := firstByte(r)
	if err != nil {
		return fmt.Errorf("%w; expected %s", err, expectedGLEIF)
	}
	switch begin {
	case '<':
		return g.xmlFile(r, at)
	case '{', '[':
		return g.jsonFile(r, at)
	default:
		return g.csvFile(r, at)
	}
}

// firstByte is the first byte that is not white space, without reading it.
func firstByte(r *bufio.Reader) (byte, error) {
	for n := 1; n <= r.Size(); n++ {
		begin, err := r.Peek(n)
		switch {
		case errors.Is(err, io.EOF):
			return 0, errors.New("the file is empty")
		case err != nil:
			return 0, err
		}
		switch c := begin[n-1]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, nil
		}
	}
	return 0, errors.New("it begins with nothing but blanks")
}

// use uses a record of any of the files.
func (g *gleifReader) use(r *gleifRecord, at place) error {
	switch {
	case r.wrong != nil:
		g.refuse(at, "%v", r.wrong)
	case r.kind == level1:
		return g.entity(r, at)
	case r.kind == level2:
		return g.relationship(r, at)
	case r.kind == exceptions:
		g.exception(r, at)
	default:
		g.refuse(at, "neither an LEI record, nor a relationship record, nor a reporting exception")
	}
	return nil
}
