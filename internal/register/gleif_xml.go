package register

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds how deep elements lie in each other. GLEIF's own lie eight deep;
// extensions are free to have more.
const maxDepth = 64

// xmlFiles are the elements that the three files have, and a part of the name of
// their namespace, which has the year of a version after it.
var xmlFiles = map[string]struct {
	kind                    gleifKind
	namespace, list, record string
}{
	"LEIData":                {level1, "/leidata/", "LEIRecords", "LEIRecord"},
	"RelationshipData":       {level2, "/rr/", "RelationshipRecords", "RelationshipRecord"},
	"ReportingExceptionData": {exceptions, "/repex/", "ReportingExceptions", "Exception"},
}

// xmlGuard bounds what is read for one record.
type xmlGuard struct {
	r    *bufio.Reader
	left int
}

func (g *xmlGuard) ReadByte() (byte, error) {
	if g.left <= 0 {
		return 0, errRecordTooLong
	}
	g.left--
	return g.r.ReadByte()
}

func (g *xmlGuard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

// xmlRecords reads the records of a file of XML, a token at a time.
type xmlRecords struct {
	*xml.Decoder
	guard     *xmlGuard
	depth     int
	namespace string // of the root
}

// xmlFile reads a file of XML; its root says which of the three it is.
func (g *gleifReader) xmlFile(r *bufio.Reader, at place) error {
	guard := &xmlGuard{r: r, left: maxRecord}
	x := &xmlRecords{Decoder: xml.NewDecoder(guard), guard: guard}
	root, err := x.root()
	if err != nil {
		return fmt.Errorf("%w; expected %s", err, expectedGLEIF)
	}
	file, ok := xmlFiles[root.Local]
	if !ok || root.Space != "" && !strings.Contains(root.Space, file.namespace) {
		return fmt.Errorf("its root is the element %s of namespace %s, which is none of GLEIF's; expected %s", quote(root.Local), quote(root.Space), expectedGLEIF)
	}
	inList := false
	record := &gleifRecord{}
	for {
		guard.left = maxRecord
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := x.name(e.Name)
			switch {
			case x.depth == 1:
				return fmt.Errorf("line %d: %s after the end of the root", x.line(), quote(e.Name.Local))
			case x.depth == 2 && name == file.list:
				inList = true
				continue
			case x.depth != 3 || !inList || name != file.record:
				if err := x.skip(); err != nil {
					return err
				}
				continue
			}
			at.line = x.line()
			record.clear()
			record.kind = file.kind
			g.records++
			g.options.Progress.records(1)
			if err := x.record(record); err != nil {
				return err
			}
			if err := g.use(record, at); err != nil {
				return err
			}
		case xml.EndElement:
			inList = inList && x.depth >= 2
		}
	}
}

// root reads to the first element.
func (x *xmlRecords) root() (xml.Name, error) {
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			err = errors.New("there is no element in it")
		}
		if err != nil {
			return xml.Name{}, err
		}
		if e, ok := token.(xml.StartElement); ok {
			x.namespace = e.Name.Space
			return e.Name, nil
		}
	}
}

// next reads a token. What defines entities is not read: a few of them in each
// other unpack to more than there is memory for.
func (x *xmlRecords) next() (xml.Token, error) {
	token, err := x.Token()
	var malformed *xml.SyntaxError
	switch {
	case errors.As(err, &malformed) && x.depth > 0 && strings.Contains(malformed.Msg, "unexpected EOF"):
		return nil, fmt.Errorf("line %d: the file is cut off: %d elements have no end", malformed.Line, x.depth)
	case errors.As(err, &malformed):
		return nil, fmt.Errorf("line %d: not XML: %s", malformed.Line, quote(malformed.Msg))
	case errors.Is(err, errRecordTooLong):
		return nil, fmt.Errorf("line %d: %w", x.line(), err)
	case err != nil:
		return nil, err
	}
	switch token.(type) {
	case xml.StartElement:
		if x.depth++; x.depth > maxDepth {
			return nil, fmt.Errorf("line %d: elements lie in each other more than %d deep", x.line(), maxDepth)
		}
	case xml.EndElement:
		x.depth--
	case xml.Directive:
		return nil, fmt.Errorf("line %d: a document type, which GLEIF's files do not have, as a page of HTML does", x.line())
	}
	return token, nil
}

func (x *xmlRecords) line() int64 {
	line, _ := x.InputPos()
	return int64(line)
}

// name is an element's name if it is of the root's namespace, else "".
func (x *xmlRecords) name(n xml.Name) string {
	if n.Space != x.namespace {
		return ""
	}
	return n.Local
}

// skip reads to the end of the element that has just begun.
func (x *xmlRecords) skip() error {
	for end := x.depth - 1; x.depth > end; {
		if _, err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

// record reads to the end of the record that has just begun.
func (x *xmlRecords) record(r *gleifRecord) error {
	var within [maxDepth]*element
	var text strings.Builder
	top := x.depth
	within[0] = gleifElements
	for {
		token, err := x.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := within[x.depth-1-top].find(x.name(t.Name))
			within[x.depth-top] = e
			text.Reset()
			if e == nil {
				continue
			}
			r.begin(e.what)
			for _, a := range t.Attr {
				if inner := e.find(a.Name.Local); inner != nil && a.Name.Space == "" {
					r.set(inner.what, a.Value)
				}
			}
		case xml.CharData:
			if e := within[x.depth-top]; e != nil && e.what != nothingRead {
				text.Write(t)
			}
		case xml.EndElement:
			if x.depth < top {
				return nil
			}
			if e := within[x.depth+1-top]; e != nil && e.what != nothingRead {
				r.set(e.what, text.String())
			}
			text.Reset()
		}
	}
}
