package register

import (
	"errors"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

const expectedBODS = "BODS: a JSON array of statements, or one statement on each line"

// head is what tells which statement of a record is the last one. Statements
// of BODS 0.3 and before have no records; they name the statements that they
// replace.
type head struct {
	StatementID   string `json:"statementId"`
	StatementDate string `json:"statementDate"`
	RecordID      string `json:"recordId"`
	RecordType    string `json:"recordType"`
	RecordStatus  string `json:"recordStatus"`

	OldStatementID     string   `json:"statementID"`
	StatementType      string   `json:"statementType"`
	ReplacesStatements []string `json:"replacesStatements"`
}

// statement is one of BODS 0.4 as a whole.
type statement struct {
	head
	RecordDetails details `json:"recordDetails"`
}

// old says whether the statement is one of BODS 0.3 or before.
func (h *head) old() bool { return h.StatementType != "" }

// record is the name under which others refer to the statement's record.
func (h *head) record() string {
	if h.old() {
		return h.OldStatementID
	}
	return h.RecordID
}

// id is the name of the statement.
func (h *head) id() string {
	if h.old() {
		return h.OldStatementID
	}
	return h.StatementID
}

// check says what keeps a statement from being used at all.
func (h *head) check() error {
	switch {
	case !h.old() && h.RecordType == "":
		return errors.New("no recordType: not a statement of BODS")
	case h.record() == "" && h.old():
		return errors.New("no statementID")
	case h.record() == "":
		return errors.New("no recordId")
	case len(h.record()) > maxKey || len(h.id()) > maxKey:
		return fmt.Errorf("an id of more than %d characters", maxKey)
	}
	return nil
}

// bodsReader reads statements twice: first to find the last of each record, then
// to read those.
type bodsReader struct {
	*tally
	sink     *sink
	seed     maphash.Seed
	versions versions
	replaced replacements
	indirect indirect

	statement statement // used again
}

func readBODS(open opener, files []File, t *tally, s *sink) error {
	b := &bodsReader{tally: t, sink: s, seed: maphash.MakeSeed()}
	b.replaced.seed = b.seed
	for n, f := range files {
		err := eachJSON(open, f, n, expectedBODS, t, func(record []byte, at place) error { return b.scan(record, at) })
		if err != nil {
			return err
		}
	}
	b.replaced.resolve()
	last := b.versions.last()
	ordinal := uint32(0)
	// What was refused already must not be counted again.
	again := &tally{}
	for n, f := range files {
		err := eachJSON(open, f, n, expectedBODS, again, func(record []byte, at place) error {
			ordinal++
			if !last.has(ordinal - 1) {
				return nil
			}
			return b.read(record, at)
		})
		if err != nil {
			return err
		}
	}
	if ordinal != b.versions.count {
		return errors.New("the files changed while they were read")
	}
	return b.indirect.finish(t, s)
}

// scan takes note of a statement.
func (b *bodsReader) scan(record []byte, at place) error {
	b.records++
	if b.versions.count == maxStatements {
		return fmt.Errorf("more than %d statements", uint32(maxStatements))
	}
	ordinal := b.versions.count
	b.versions.count++
	var h head
	err := decode(record, &h)
	if err == nil {
		err = h.check()
	}
	at.record = h.record()
	if err != nil {
		b.refuse(at, "%v", err)
		return nil
	}
	b.versions.add(version{
		record:  maphash.String(b.seed, h.record()),
		when:    b.when(&h, at),
		tie:     crc32.Checksum(record, castagnoli),
		ordinal: ordinal,
	})
	for _, replaced := range h.ReplacesStatements {
		b.replaced.add(replaced, h.OldStatementID, isParty(h.StatementType))
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// isParty says whether others may refer to statements of a type.
func isParty(statementType string) bool {
	return statementType == "entityStatement" || statementType == "personStatement"
}

// when orders the versions of one record: by day and time of the statement, and
// then by its status.
func (b *bodsReader) when(h *head, at place) int64 {
	status := int64(0)
	switch h.RecordStatus {
	case "updated":
		status = 1
	case "closed":
		status = 2
	}
	seconds, ok := instant(h.StatementDate)
	if !ok && h.StatementDate != "" {
		b.remark(at, "%s is no statementDate: any other statement of the record counts as later", quote(h.StatementDate))
	}
	return seconds<<2 | status
}

// read takes the last statement of a record.
func (b *bodsReader) read(record []byte, at place) error {
	s := &b.statement
	*s = statement{}
	err := decode(record, s)
	d := &s.RecordDetails
	if err == nil && s.old() {
		// There, the details are members of the statement itself.
		d = &details{}
		err = decode(record, d)
	}
	at.record = s.record()
	if err != nil {
		b.refuse(at, "%v", err)
		return nil
	}
	if s.old() && b.replaced.has(s.OldStatementID) {
		return nil
	}
	switch kind := strings.TrimSuffix(s.RecordType+s.StatementType, "Statement"); kind {
	case "entity":
		return b.sink.party(b.entity(&s.head, d, at))
	case "person":
		return b.sink.party(b.person(&s.head, d, at))
	case "relationship", "ownershipOrControl":
		if s.RecordStatus == "closed" {
			return nil
		}
		return b.relationship(&s.head, d, at)
	default:
		b.refuse(at, "%s is no type of record", quote(kind))
		return nil
	}
}

// source names a statement in explanations.
func source(h *head) string { return "statement " + h.id() }

func byKey(key string) ownership.Ref { return ownership.Ref{Key: key} }
