package register

import (
	"errors"
	"hash/maphash"

	"github.com/domicile-dev/domicile/internal/ownership"
)

const expectedBODS = "BODS: a JSON array of statements, or one statement on each line"

// head is what tells which statement of a record is the last one, and which
// records are components of others. Statements of BODS 0.3 and before have no
// records; they name the statements that they replace.
type head struct {
	StatementID   string `json:"statementId"`
	StatementDate string `json:"statementDate"`
	RecordID      string `json:"recordId"`
	RecordType    string `json:"recordType"`
	RecordStatus  string `json:"recordStatus"`

	OldStatementID     string `json:"statementID"`
	StatementType      string `json:"statementType"`
	ReplacesStatements texts  `json:"replacesStatements"`
}

// scannedHead is a head with what else the first reading looks at.
type scannedHead struct {
	head
	OldComponents texts `json:"componentStatementIDs"`
	RecordDetails struct {
		Components texts `json:"componentRecords"`
	} `json:"recordDetails"`
}

// statement is one of BODS 0.4 as a whole.
type statement struct {
	head
	RecordDetails details `json:"recordDetails"`
	ordinal       uint32
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

// sort is the sort of record that the statement is about.
func (h *head) sort() recordSort { return recordSorts.of(h.RecordType + h.StatementType) }

// over says that the statement ends a relationship. A closed entity or person is
// still somebody.
func (h *head) over() bool {
	return h.sort() == relationshipRecord && recordStatuses.of(h.RecordStatus) == closed
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
// to read those. It reads them once more where several are the last, and where
// a reference leads to no record.
type bodsReader struct {
	*tally
	sink  *sink
	open  opener
	files []File
	seed  maphash.Seed

	versions versions
	replaced replacements
	latest   latest
	indirect indirect
	joint    joint
	dangling dangling
}

func readBODS(open opener, files []File, t *tally, s *sink) error {
	b := &bodsReader{tally: t, sink: s, open: open, files: files, seed: maphash.MakeSeed()}
	if err := pass(b, &b.versions.count, b.decodeHead, b.scan); err != nil {
		return err
	}
	b.replaced.resolve(b.hash)
	b.indirect.want(&b.replaced)
	b.latest = b.versions.latest()
	if err := b.compareTies(); err != nil {
		return err
	}
	if err := b.again(b.decodeLast, b.read); err != nil {
		return err
	}
	if err := b.readDangling(); err != nil {
		return err
	}
	if err := b.joint.finish(b); err != nil {
		return err
	}
	return b.indirect.finish(b)
}

func (b *bodsReader) hash(s string) uint64 { return maphash.String(b.seed, s) }

// pass reads all statements.
func pass[T any](b *bodsReader, count *uint32, decode func([]byte, uint32, *T) error, use func(*T, error, place) error) error {
	for n, f := range b.files {
		if err := (jsonFile[T]{b.open, f, n, expectedBODS, decode, count, use}).read(); err != nil {
			return err
		}
	}
	return nil
}

// again reads all statements that the first pass has read.
func (b *bodsReader) again(decode func([]byte, uint32, *statement) error, use func(*statement, error, place) error) error {
	count := uint32(0)
	if err := pass(b, &count, decode, use); err != nil {
		return err
	}
	if count != b.versions.count {
		return errors.New("the files changed while they were read")
	}
	return nil
}

// scanned is what the first reading keeps of a statement.
type scanned struct {
	scannedHead
	version version
}

func (b *bodsReader) decodeHead(record []byte, ordinal uint32, s *scanned) error {
	if err := decode(record, &s.scannedHead); err != nil {
		return err
	}
	s.version.record, s.version.ordinal = b.hash(s.record()), ordinal
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
	b.date(&s.version, &s.head, at)
	b.versions.add(s.version)
	for _, component := range append(s.OldComponents, s.RecordDetails.Components...) {
		b.indirect.wanted.add(b.hash(component))
	}
	if s.old() {
		for _, replaced := range s.ReplacesStatements {
			var parties *pair
			if s.sort() != relationshipRecord {
				parties = &pair{replaced, s.OldStatementID}
			}
			b.replaced.add(link{b.hash(replaced), b.hash(s.OldStatementID)}, parties)
		}
	}
	return nil
}

// decodeLast decodes a statement if it is the last of its record.
func (b *bodsReader) decodeLast(record []byte, ordinal uint32, s *statement) error {
	if !b.latest.last.has(ordinal) {
		return errNotLast
	}
	return decodeStatement(record, ordinal, s)
}

func decodeStatement(record []byte, ordinal uint32, s *statement) error {
	s.ordinal = ordinal
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
	if s.old() && b.replaced.has(b.hash(s.OldStatementID)) {
		return nil
	}
	if s.over() {
		return nil
	}
	if b.latest.differ.has(s.ordinal) && !b.dangling.resolved {
		b.remark(Tie, at, "several statements about it are equally new and differ: all of them count")
	}
	switch s.sort() {
	case entityRecord:
		return b.entity(s, at)
	case personRecord:
		return b.person(s, at)
	case relationshipRecord:
		return b.relationship(s, at)
	default:
		b.refuse(at, "%s is no type of record", quote(s.RecordType+s.StatementType))
		return nil
	}
}

// source names a statement in explanations. Of statements that say the same
// under several names, none is named before the others.
func (b *bodsReader) source(s *statement) string {
	if b.latest.unnamed.has(s.ordinal) {
		return "record " + s.record()
	}
	return "statement " + s.id()
}

func byKey(key string) ownership.Ref { return ownership.Ref{Key: key} }
