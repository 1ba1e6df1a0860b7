package register

import (
	"errors"
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
	}
	return usable(h.record(), h.id())
}

// bodsReader reads statements twice: first to find the last of each record, then
// to read those.
type bodsReader struct {
	*tally
	sink     *sink
	seed     maphash.Seed
	versions versions
	replaced replacements
	last     bits
	indirect indirect
}

func readBODS(open opener, files []File, t *tally, s *sink) error {
	b := &bodsReader{tally: t, sink: s, seed: maphash.MakeSeed()}
	b.replaced.seed = b.seed
	for n, f := range files {
		err := jsonFile[scanned]{open, f, n, expectedBODS, b.decodeHead, &b.versions.count, b.scan}.read()
		if err != nil {
			return err
		}
	}
	b.replaced.resolve()
	b.last = b.versions.last()
	count := uint32(0)
	for n, f := range files {
		err := jsonFile[statement]{open, f, n, expectedBODS, b.decodeLast, &count, b.read}.read()
		if err != nil {
			return err
		}
	}
	if count != b.versions.count {
		return errors.New("the files changed while they were read")
	}
	return b.indirect.finish(t, s)
}

// scanned is what the first reading keeps of a statement.
type scanned struct {
	head
	version version
}

func (b *bodsReader) decodeHead(record []byte, ordinal uint32, s *scanned) error {
	if err := decode(record, &s.head); err != nil {
		return err
	}
	s.version = version{record: maphash.String(b.seed, s.record()), tie: crc32.Checksum(record, castagnoli), ordinal: ordinal}
	return s.check()
}

// scan takes note of a statement.
func (b *bodsReader) scan(s *scanned, err error, at place) error {
	b.records++
	at.record = s.record()
	if err != nil {
		b.refuse(at, "%v", err)
		return nil
	}
	s.version.when = b.when(&s.head, at)
	b.versions.add(s.version)
	for _, replaced := range s.ReplacesStatements {
		b.replaced.add(replaced, s.OldStatementID, isParty(s.StatementType))
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
		b.remark(UnreadDate, at, "%s is no statementDate: any other statement of the record counts as later", quote(h.StatementDate))
	}
	return seconds<<2 | status
}

// decodeLast decodes a statement if it is the last of its record.
func (b *bodsReader) decodeLast(record []byte, ordinal uint32, s *statement) error {
	if !b.last.has(ordinal) {
		return errNotLast
	}
	err := decode(record, s)
	if err == nil && s.old() {
		// There, the details are members of the statement itself.
		s.RecordDetails = details{}
		err = decode(record, &s.RecordDetails)
	}
	return err
}

// errNotLast says that a statement does not count, or was refused before.
var errNotLast = errors.New("not the last statement of a record")

// read takes the last statement of a record.
func (b *bodsReader) read(s *statement, err error, at place) error {
	switch {
	case errors.Is(err, errNotLast), errors.Is(err, errRecordTooLong):
		return nil
	case err != nil:
		at.record = s.record()
		b.refuse(at, "%v", err)
		return nil
	}
	at.record = s.record()
	d := &s.RecordDetails
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
