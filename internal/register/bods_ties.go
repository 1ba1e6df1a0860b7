package register

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// tied is one of several statements that are the last of a record.
type tied struct {
	record  uint64 // hashes: of the record's id,
	content uint64 // of what the statement says,
	name    uint64 // and of its own id
	ordinal uint32
}

// compareTies keeps one of the tied statements that say the same. All that say
// something else count, so that no chance decides.
func (b *bodsReader) compareTies() error {
	if b.latest.ties == 0 {
		return nil
	}
	ties := make([]tied, 0, b.latest.ties)
	count := uint32(0)
	err := pass(b, &count, b.decodeTied, func(t *tied, err error, _ place) error {
		if err == nil {
			ties = append(ties, *t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(ties, func(a, b tied) int {
		return cmp.Or(cmp.Compare(a.record, b.record), cmp.Compare(a.content, b.content), cmp.Compare(a.ordinal, b.ordinal))
	})
	for i := 0; i < len(ties); {
		record, one, first := ties[i].record, i, ties[i].ordinal // one is where those begin that say the same
		differ := false
		for ; i < len(ties) && ties[i].record == record; i++ {
			first = min(first, ties[i].ordinal)
			switch {
			case i == one:
			case ties[i].content != ties[one].content:
				one, differ = i, true
			default:
				b.latest.last.remove(ties[i].ordinal)
				if ties[i].name != ties[one].name {
					b.latest.unnamed.add(ties[one].ordinal)
				}
			}
		}
		if differ {
			b.latest.differ.add(first)
		}
	}
	return nil
}

func (b *bodsReader) decodeTied(record []byte, ordinal uint32, t *tied) error {
	if !b.latest.tied.has(ordinal) {
		return errNotLast
	}
	var h head
	if err := decode(record, &h); err != nil {
		return err
	}
	if h.over() {
		return errNotLast // it says nothing that could differ
	}
	c := contents{seed: b.seed, d: jsontext.NewDecoder(bytes.NewReader(record))}
	content, err := c.object(notContent)
	*t = tied{b.hash(h.record()), content, b.hash(h.id()), ordinal}
	return err
}

// notContent are the members of a statement that say nothing about its subject:
// who published it, when, and under which name.
var notContent = map[string]bool{
	"statementId": true, "statementID": true, "statementDate": true, "publicationDetails": true, "source": true,
	"annotations": true, "declaration": true, "declarationSubject": true, "replacesStatements": true,
}

// contents makes hashes of values of JSON that are the same for equal values,
// however they are written. The order of a list does not matter: in a statement
// none says anything.
type contents struct {
	seed maphash.Seed
	d    *jsontext.Decoder
}

func (c *contents) value() (uint64, error) {
	kind := c.d.PeekKind()
	if kind == '{' {
		return c.object(nil)
	}
	if kind == '[' {
		return c.list()
	}
	token, err := c.d.ReadToken()
	if err != nil {
		return 0, err
	}
	text := token.String()
	if token.Kind() == '0' {
		if text = scalar(text).decimal(); strings.Contains(text, ".") {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
	}
	// A number counts as the text that it may be written as.
	return maphash.String(c.seed, text), nil
}

// object reads an object. A member that is null is as one that is not there.
func (c *contents) object(without map[string]bool) (sum uint64, err error) {
	if _, err := c.d.ReadToken(); err != nil {
		return 0, err
	}
	for c.d.PeekKind() != '}' {
		token, err := c.d.ReadToken()
		if err != nil {
			return 0, err
		}
		name := token.String()
		if without[name] || c.d.PeekKind() == 'n' {
			if err := c.d.SkipValue(); err != nil {
				return 0, err
			}
			continue
		}
		value, err := c.value()
		if err != nil {
			return 0, err
		}
		type member struct {
			name  string
			value uint64
		}
		sum += maphash.Comparable(c.seed, member{name, value})
	}
	_, err = c.d.ReadToken()
	return maphash.Comparable(c.seed, [2]uint64{'{', sum}), err
}

func (c *contents) list() (sum uint64, err error) {
	if _, err := c.d.ReadToken(); err != nil {
		return 0, err
	}
	for c.d.PeekKind() != ']' {
		value, err := c.value()
		if err != nil {
			return 0, err
		}
		sum += maphash.Comparable(c.seed, value)
	}
	_, err = c.d.ReadToken()
	return maphash.Comparable(c.seed, [2]uint64{'[', sum}), err
}
