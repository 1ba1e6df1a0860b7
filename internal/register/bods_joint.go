package register

import (
	"github.com/domicile-dev/domicile/internal/ownership"
)

// joint finds the arrangements that only hold something for several holders
// together. BODS has no type for them: in version 0.4 a trust must be of the
// subtype trust and a nomination of the subtype nomination, and what is left is
// how it writes a joint shareholding. Before, and in a partnership or a fund,
// only what others have in it tells them apart.
type joint struct {
	pending []ownership.Party
	// others are the parties in which somebody has what nobody has in a joint
	// holding.
	others hashes
}

// mayBeJoint says whether an arrangement may be a joint holding: it is neither a
// trust nor a nomination, and no register has it, as it has a fund.
func mayBeJoint(p *ownership.Party, subtype string) bool {
	subtype = string(fold(nil, subtype))
	return (subtype == "" || subtype == "other") && len(p.Identifiers) == 0
}

// perhaps keeps an arrangement until all interests are known.
func (j *joint) perhaps(b *bodsReader, p ownership.Party) error {
	j.pending = append(j.pending, p)
	return b.sink.spend(partyCost + len(p.Key) + len(p.Name) + len(p.Source))
}

// subject takes note of what somebody has in a party.
func (j *joint) subject(b *bodsReader, s *statement, key string) {
	for n := range s.RecordDetails.Interests {
		if in := s.RecordDetails.Interests[n].Object; in != nil && onlyElsewhere[interestTypes.of(string(in.Type))] {
			j.others.add(b.hash(key))
		}
	}
}

func (j *joint) finish(b *bodsReader) error {
	j.others.sort()
	for _, p := range j.pending {
		if !j.others.has(b.hash(p.Key)) {
			p.Type = ownership.JointArrangement
		}
		if err := b.sink.party(p); err != nil {
			return err
		}
	}
	return nil
}
