package register

import (
	"fmt"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

const (
	maxName        = 512
	maxKey         = 256
	maxScheme      = 64
	maxID          = 128
	maxIdentifiers = 64
	// partyCost and interestCost are about what one takes in memory while the
	// layer is being built, besides its texts.
	partyCost    = 160
	interestCost = 64
)

// sink takes what was read. It bounds texts and memory.
type sink struct {
	builder            ownership.Builder
	parties, interests int64
	bytes, maxBytes    int64
}

// party adds a party. Texts may be part of a buffer.
func (s *sink) party(p ownership.Party) error {
	p.Name = cut.Prefix(tidy(p.Name), maxName)
	p.Identifiers = p.Identifiers[:min(len(p.Identifiers), maxIdentifiers)]
	s.parties++
	cost := partyCost + len(p.Key) + len(p.Name) + len(p.Source)
	for _, i := range p.Identifiers {
		cost += len(i.ID)
	}
	if err := s.spend(cost); err != nil {
		return err
	}
	s.builder.AddParty(p)
	return nil
}

func (s *sink) interest(i ownership.Interest) error {
	s.interests++
	if err := s.spend(interestCost + len(i.Source)); err != nil {
		return err
	}
	s.builder.AddInterest(i)
	return nil
}

func (s *sink) spend(cost int) error {
	if s.bytes += int64(cost); s.bytes > s.maxBytes {
		return tooBigError{s.maxBytes}
	}
	return nil
}

// tooBigError says that the register does not fit.
type tooBigError struct{ maxBytes int64 }

func (e tooBigError) Error() string {
	return fmt.Sprintf("the register takes more than %d bytes of memory, which is all that it may", e.maxBytes)
}

// usable says what keeps an id of a register's own from being used.
func usable(ids ...string) error {
	for _, id := range ids {
		switch {
		case len(id) > maxKey:
			return fmt.Errorf("an id of more than %d characters", maxKey)
		case !honest(id):
			return fmt.Errorf("%s has characters that no id has", quote(id))
		}
	}
	return nil
}

// identifier collects the official identifiers of a party and remarks on those
// that identify nobody.
func (t *tally) identifier(all []ownership.Identifier, at place, scheme, id string) []ownership.Identifier {
	scheme, id = strings.TrimSpace(scheme), strings.TrimSpace(id)
	switch {
	case scheme == "" || id == "":
		return all
	case len(scheme) > maxScheme || len(id) > maxID:
		t.remark(InvalidIdentifier, at, "an identifier of %d characters is too long: it is left out", len(scheme)+len(id))
		return all
	case !honest(scheme) || !honest(id):
		t.remark(InvalidIdentifier, at, "%s has characters that no identifier has: it is left out", quote(scheme+":"+id))
		return all
	case placeholder(id):
		t.remark(InvalidIdentifier, at, "%s is no identifier: it is left out", quote(scheme+":"+id))
		return all
	}
	normal := ownership.Identifier{Scheme: scheme, ID: id}.Normal()
	if normal == (ownership.Identifier{}) {
		t.remark(InvalidIdentifier, at, "%s has wrong check digits and identifies nobody: it is left out", quote(scheme+":"+id))
		return all
	}
	return append(all, normal)
}

// placeholder says whether an id stands for none: parties that have it in common
// are not the same.
func placeholder(id string) bool {
	switch strings.ToUpper(id) {
	case "N/A", "NA", "N.A.", "NONE", "NULL", "NIL", "UNKNOWN", "NOT AVAILABLE", "NOT APPLICABLE", "TBC", "TBD":
		return true
	}
	return strings.Trim(id, "0-./ xX") == ""
}
