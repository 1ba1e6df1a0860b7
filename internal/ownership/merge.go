package ownership

import (
	"cmp"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// mergeParties makes one party of all declarations of it, which are in the order
// of compareParties. The first that says something says what the party is named
// and what it is; identifiers and jurisdictions are united.
func mergeParties(n Node, label string, declared []Party, p *problems) Party {
	merged := declared[0]
	reportDuplicateKeys(n, declared, p)
	for _, d := range declared[1:] {
		merged.Key = cmp.Or(merged.Key, d.Key)
		merged.Name = cmp.Or(merged.Name, d.Name)
		merged.Source = cmp.Or(merged.Source, d.Source)
		if merged.Type != d.Type && merged.Type != UnknownType && d.Type != UnknownType {
			p.add(n, ProblemConflictingType, "%s is declared as different sorts of party, by sources %s and %s: the first counts",
				quoted(label), quoted(declared[0].Source), quoted(d.Source))
		}
		merged.Type = cmp.Or(merged.Type, d.Type)
	}
	var ids []Identifier
	var incorporation, headquarters, nationality, residence []jurisdiction.Code
	var unread []Unread
	for _, d := range declared {
		for _, id := range d.Identifiers {
			if id = id.Normal(); id != (Identifier{}) {
				ids = append(ids, id)
			}
		}
		j := d.Jurisdictions
		incorporation = append(append(incorporation, j.Incorporation), j.OtherIncorporation...)
		headquarters = append(append(headquarters, j.Headquarters), j.OtherHeadquarters...)
		nationality = append(nationality, j.Nationality...)
		residence = append(residence, j.Residence...)
		unread = append(unread, j.Unread...)
	}
	slices.SortFunc(ids, Identifier.compare)
	merged.Identifiers = slices.Compact(ids)
	j := &merged.Jurisdictions
	j.Incorporation, j.OtherIncorporation = firstAndOthers(incorporation)
	j.Headquarters, j.OtherHeadquarters = firstAndOthers(headquarters)
	j.Nationality, j.Residence = sortedSet(nationality), sortedSet(residence)
	j.Unread = sortedUnread(unread)
	reportConflict(n, label, "incorporation", j.Incorporation, j.OtherIncorporation, p)
	reportConflict(n, label, "headquarters", j.Headquarters, j.OtherHeadquarters, p)
	return merged
}

// firstAndOthers splits codes into the first that is one and the others that
// differ from it.
func firstAndOthers(codes []jurisdiction.Code) (first jurisdiction.Code, others []jurisdiction.Code) {
	for _, c := range codes {
		first = cmp.Or(first, c)
	}
	for _, c := range sortedSet(codes) {
		if c != first {
			others = append(others, c)
		}
	}
	return first, others
}

// sortedSet sorts codes and drops what is no code or there already.
func sortedSet(codes []jurisdiction.Code) []jurisdiction.Code {
	var set []jurisdiction.Code
	for _, c := range codes {
		if at, there := slices.BinarySearch(set, c); c != "" && !there {
			set = slices.Insert(set, at, c)
		}
	}
	return set
}

// sortedUnread sorts what was not understood and drops what is there already.
func sortedUnread(all []Unread) []Unread {
	if len(all) == 0 {
		return nil
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].Candidates = sortedSet(all[i].Candidates)
	}
	slices.SortFunc(all, compareUnread)
	return slices.CompactFunc(all, func(a, b Unread) bool { return compareUnread(a, b) == 0 })
}

func compareUnread(a, b Unread) int {
	return cmp.Or(cmp.Compare(a.Basis, b.Basis), strings.Compare(a.Text, b.Text), slices.Compare(a.Candidates, b.Candidates))
}

func reportConflict(n Node, label, basis string, first jurisdiction.Code, others []jurisdiction.Code, p *problems) {
	for _, other := range others {
		if !partOf(first, other) && !partOf(other, first) {
			p.add(n, ProblemConflictingJurisdiction, "%s is declared with %s in %s and in %s: both count",
				quoted(label), basis, first, other)
		}
	}
}

// partOf says whether a place is, or is part of, another one: then the two are
// no contradiction.
func partOf(c, whole jurisdiction.Code) bool {
	for ; c != ""; c = c.Parent() {
		if c == whole {
			return true
		}
	}
	return false
}

func reportDuplicateKeys(n Node, declared []Party, p *problems) {
	for i, d := range declared[1:] {
		if d.Key != "" && d.Key == declared[i].Key && compareParties(d, declared[i]) != 0 {
			p.add(n, ProblemDuplicateKey, "%s is declared twice with different data, by sources %s and %s",
				quoted(d.Key), quoted(declared[i].Source), quoted(d.Source))
		}
	}
}

// compareParties orders declarations by key, then by all else that is declared,
// so that equal is the same.
func compareParties(a, b Party) int {
	return cmp.Or(
		strings.Compare(a.Key, b.Key),
		strings.Compare(a.Name, b.Name),
		cmp.Compare(a.Type, b.Type),
		strings.Compare(a.Source, b.Source),
		slices.CompareFunc(a.Identifiers, b.Identifiers, Identifier.compare),
		compareJurisdictions(a.Jurisdictions, b.Jurisdictions),
	)
}

func compareJurisdictions(a, b Jurisdictions) int {
	return cmp.Or(
		strings.Compare(string(a.Incorporation), string(b.Incorporation)),
		strings.Compare(string(a.Headquarters), string(b.Headquarters)),
		slices.Compare(a.Nationality, b.Nationality),
		slices.Compare(a.Residence, b.Residence),
		slices.Compare(a.OtherIncorporation, b.OtherIncorporation),
		slices.Compare(a.OtherHeadquarters, b.OtherHeadquarters),
		slices.CompareFunc(a.Unread, b.Unread, compareUnread),
	)
}

// over lays a declaration over another one of the same party: on each basis on
// which p says where the party sits, p counts and below does not.
func (p Party) over(below Party, n Node, label string, ps *problems) Party {
	p.Name = cmp.Or(p.Name, below.Name)
	p.Source = cmp.Or(p.Source, below.Source)
	if p.Type != below.Type && p.Type != UnknownType && below.Type != UnknownType {
		ps.add(n, ProblemConflictingType, "%s is declared as different sorts of party, by sources %s and %s: the first counts",
			quoted(label), quoted(p.Source), quoted(below.Source))
	}
	p.Type = cmp.Or(p.Type, below.Type)
	j, k := &p.Jurisdictions, below.Jurisdictions
	above := [...]bool{
		Headquarters: j.Headquarters != "", Incorporation: j.Incorporation != "",
		Nationality: len(j.Nationality) > 0, Residence: len(j.Residence) > 0,
	}
	for _, u := range k.Unread {
		if !above[u.Basis] {
			j.Unread = append(j.Unread, u)
		}
	}
	j.Unread = sortedUnread(j.Unread)
	codes := func(first jurisdiction.Code, others []jurisdiction.Code) []jurisdiction.Code {
		return sortedSet(append([]jurisdiction.Code{first}, others...))
	}
	report := func(basis string, above, under []jurisdiction.Code) {
		for _, other := range under {
			if !slices.ContainsFunc(above, func(c jurisdiction.Code) bool { return partOf(c, other) || partOf(other, c) }) {
				ps.add(n, ProblemConflictingJurisdiction, "%s is declared with %s in %s by source %s and in %s by source %s: the first counts",
					quoted(label), basis, above[0], quoted(p.Source), other, quoted(below.Source))
			}
		}
	}
	if j.Incorporation != "" {
		report("incorporation", codes(j.Incorporation, j.OtherIncorporation), codes(k.Incorporation, k.OtherIncorporation))
	} else {
		j.Incorporation, j.OtherIncorporation = k.Incorporation, k.OtherIncorporation
	}
	if j.Headquarters != "" {
		report("headquarters", codes(j.Headquarters, j.OtherHeadquarters), codes(k.Headquarters, k.OtherHeadquarters))
	} else {
		j.Headquarters, j.OtherHeadquarters = k.Headquarters, k.OtherHeadquarters
	}
	if len(j.Nationality) == 0 {
		j.Nationality = k.Nationality
	}
	if len(j.Residence) == 0 {
		j.Residence = k.Residence
	}
	return p
}
