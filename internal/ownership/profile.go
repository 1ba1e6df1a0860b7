package ownership

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// Profile is what a party is and where it sits. Millions of parties share some
// thousand profiles, so that a policy looks at those only.
type Profile struct {
	Type          PartyType
	Jurisdictions Jurisdictions
}

// normal sorts what has no order.
func (p Profile) normal() Profile {
	j := &p.Jurisdictions
	j.Incorporation, j.OtherIncorporation = normalCodes(j.Incorporation, j.OtherIncorporation)
	j.Headquarters, j.OtherHeadquarters = normalCodes(j.Headquarters, j.OtherHeadquarters)
	j.Nationality, j.Residence = sortedSet(j.Nationality), sortedSet(j.Residence)
	j.Unread = sortedUnread(j.Unread)
	return p
}

func normalCodes(first jurisdiction.Code, others []jurisdiction.Code) (jurisdiction.Code, []jurisdiction.Code) {
	if len(others) == 0 {
		return first, nil
	}
	return firstAndOthers(append([]jurisdiction.Code{first}, others...))
}

func (p Profile) compare(q Profile) int {
	return cmp.Or(cmp.Compare(p.Type, q.Type), compareJurisdictions(p.Jurisdictions, q.Jurisdictions))
}

// appendKey appends what only equal profiles in their normal form have.
func (p Profile) appendKey(key []byte) []byte {
	j := &p.Jurisdictions
	key = append(key, byte(p.Type))
	key = appendCodes(appendCodes(key, j.Incorporation), j.OtherIncorporation...)
	key = appendCodes(appendCodes(key, j.Headquarters), j.OtherHeadquarters...)
	key = appendCodes(appendCodes(key, j.Nationality...), j.Residence...)
	for _, u := range j.Unread {
		key = appendCodes(appendSized(append(key, byte(u.Basis)), u.Text), u.Candidates...)
	}
	return key
}

func appendCodes(key []byte, codes ...jurisdiction.Code) []byte {
	key = binary.AppendUvarint(key, uint64(len(codes)))
	for _, c := range codes {
		key = append(append(key, c...), 0)
	}
	return key
}

// profiles numbers profiles. The first is that of a party about which nothing
// is known.
type profiles struct {
	all   []Profile
	index map[string]uint32
	key   []byte
}

// add returns the number of a profile in its normal form.
func (ps *profiles) add(p Profile) uint32 {
	if ps.index == nil {
		ps.index = map[string]uint32{}
		ps.add(Profile{})
	}
	ps.key = p.appendKey(ps.key[:0])
	if n, ok := ps.index[string(ps.key)]; ok {
		return n
	}
	p = p.clone()
	n := uint32(len(ps.all))
	ps.all = append(ps.all, p)
	ps.index[string(ps.key)] = n
	return n
}

// clone copies codes, so that they don't keep a line of some file in memory.
func (p Profile) clone() Profile {
	j := &p.Jurisdictions
	for _, c := range []*jurisdiction.Code{&j.Incorporation, &j.Headquarters} {
		*c = jurisdiction.Code(strings.Clone(string(*c)))
	}
	for _, list := range []*[]jurisdiction.Code{&j.OtherIncorporation, &j.OtherHeadquarters, &j.Nationality, &j.Residence} {
		*list = slices.Clone(*list)
		for i, c := range *list {
			(*list)[i] = jurisdiction.Code(strings.Clone(string(c)))
		}
	}
	j.Unread = slices.Clone(j.Unread)
	for i := range j.Unread {
		j.Unread[i].Text = strings.Clone(j.Unread[i].Text)
	}
	return p
}
