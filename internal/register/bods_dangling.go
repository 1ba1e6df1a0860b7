package register

import (
	"errors"
	"slices"
)

// dangling resolves references that name no record. Some publishers of BODS 0.4
// write the name of a statement there, as it was in 0.3.
type dangling struct {
	wanted    hashes // the names that no record has
	postponed bits   // the relationships that refer to them
	records   map[uint64][]string
	resolved  bool
}

// postpone says whether a relationship has to wait until all names are known.
func (d *dangling) postpone(b *bodsReader, s *statement) bool {
	if d.resolved || s.old() {
		return false
	}
	wait := false
	for _, r := range [...]*relation{&s.RecordDetails.Subject, &s.RecordDetails.InterestedParty} {
		for name := range r.names {
			if hash := b.hash(name); !b.versions.has(hash) {
				d.wanted.add(hash)
				wait = true
			}
		}
	}
	if wait {
		if d.postponed == nil {
			d.postponed = make(bits, b.versions.count/64+1)
		}
		d.postponed.add(s.ordinal)
	}
	return wait
}

// of are the records that a name refers to: itself, if it is no statement's.
func (d *dangling) of(b *bodsReader, name string) []string {
	if len(d.records) > 0 {
		if records := d.records[b.hash(name)]; len(records) > 0 {
			return records
		}
	}
	return []string{name}
}

// readDangling reads the relationships that were postponed.
func (b *bodsReader) readDangling() error {
	d := &b.dangling
	d.resolved = true
	if len(d.wanted) == 0 {
		return nil
	}
	d.wanted.sort()
	d.records = map[uint64][]string{}
	err := b.again(b.decodeName, func(s *statement, err error, _ place) error {
		if hash := b.hash(s.StatementID); err == nil && !slices.Contains(d.records[hash], s.RecordID) {
			d.records[hash] = append(d.records[hash], s.RecordID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.again(func(record []byte, ordinal uint32, s *statement) error {
		if !d.postponed.has(ordinal) {
			return errNotLast
		}
		return decodeStatement(record, ordinal, s)
	}, b.read)
}

// errNotWanted says that nothing refers to a statement.
var errNotWanted = errors.New("nothing refers to it")

// decodeName decodes the head of a statement about a party to which something
// refers.
func (b *bodsReader) decodeName(record []byte, _ uint32, s *statement) error {
	if err := decode(record, &s.head); err != nil {
		return err
	}
	if s.old() || s.sort() == relationshipRecord || s.StatementID == "" || !b.dangling.wanted.has(b.hash(s.StatementID)) {
		return errNotWanted
	}
	return s.check()
}
