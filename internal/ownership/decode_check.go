package ownership

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// check says what is wrong with a layer that was decoded: afterwards everything
// that it refers to is there, so that nothing that reads it can fail. It makes
// what is not stored.
func (l *layerData) check() error {
	for _, check := range []func() error{l.checkLists, l.checkIdentities} {
		if err := check(); err != nil {
			return err
		}
	}
	// The index takes as long as all the rest.
	indexed := make(chan int)
	go func() { indexed <- l.ids.index(l.ids.len()) }()
	var first error
	for _, check := range []func() error{l.checkNodes, l.checkDetails, l.checkRecords, l.checkProblems} {
		if first == nil {
			first = check()
		}
	}
	if twice := <-indexed; first == nil && twice >= 0 {
		first = fmt.Errorf("identity %d is there twice", twice)
	}
	if first == nil {
		l.boundaries = boundariesOf(l.records)
		l.indexAlone()
	}
	return first
}

func (l *layerData) checkLists() error {
	if len(l.schemes) == 0 || l.schemes[0] != "" || len(l.schemes) > maxSchemes || len(l.prefixes) == 0 || l.prefixes[0] != "" || len(l.profiles) == 0 {
		return errors.New("a list lacks its first entry")
	}
	for i, s := range l.schemes[1:] {
		if compareSchemes(l.schemes[i], s) >= 0 || strings.TrimSpace(s) != s || strings.ToUpper(s) != s {
			return fmt.Errorf("the scheme %s is in the wrong place", quoted(s))
		}
	}
	if l.profiles[0].compare(Profile{}) != 0 {
		return errors.New("the first profile is not empty")
	}
	for i, p := range l.profiles {
		if p.Type > JointArrangement || p.compare(p.normal()) != 0 || i > 1 && p.compare(l.profiles[i-1]) <= 0 {
			return fmt.Errorf("profile %d is not in its normal form", i)
		}
		j := p.Jurisdictions
		for _, c := range slices.Concat([]jurisdiction.Code{j.Incorporation, j.Headquarters}, j.OtherIncorporation, j.OtherHeadquarters, j.Nationality, j.Residence) {
			if parsed, err := jurisdiction.Parse(string(c)); c != "" && (err != nil || parsed != c) {
				return fmt.Errorf("%s in profile %d is no jurisdiction", quoted(string(c)), i)
			}
		}
		for _, u := range j.Unread {
			if u.Basis > Residence {
				return fmt.Errorf("profile %d has a basis that there is not", i)
			}
			for _, c := range u.Candidates {
				if parsed, err := jurisdiction.Parse(string(c)); err != nil || parsed != c {
					return fmt.Errorf("%s in profile %d is no jurisdiction", quoted(string(c)), i)
				}
			}
		}
	}
	return nil
}

func (l *layerData) checkIdentities() error {
	for i, at := range l.ids.id {
		if !l.text.valid(at) || int(l.ids.scheme[i]) >= len(l.schemes) {
			return fmt.Errorf("identity %d is nowhere", i)
		}
	}
	return nil
}

func (l *layerData) checkNodes() error {
	if l.idStart[0] != 0 || int(l.idStart[l.len()]) != l.ids.len() {
		return errors.New("the identities of the parties are not all")
	}
	for n := range l.len() {
		begin, end := l.idStart[n], l.idStart[n+1]
		if begin >= end || int(end) > l.ids.len() {
			return fmt.Errorf("party %d has no identity", n)
		}
		if n > 0 && l.compareIDs(l.idStart[n-1], begin) >= 0 {
			return fmt.Errorf("party %d is in the wrong place", n)
		}
		for id := begin + 1; id < end; id++ {
			if l.compareIDs(id-1, id) >= 0 {
				return fmt.Errorf("the identities of party %d are not in order", n)
			}
		}
		if !l.text.valid(l.name[n]) || !l.text.validSource(l.source[n], l.prefixes) || int(l.profile[n]) >= len(l.profiles) {
			return fmt.Errorf("party %d lacks a name, a source or a profile", n)
		}
	}
	return nil
}

func (l *layerData) compareIDs(m, n uint32) int {
	return cmp.Or(cmp.Compare(l.ids.scheme[m], l.ids.scheme[n]), bytes.Compare(l.ids.bytes(m), l.ids.bytes(n)))
}

func (l *layerData) checkDetails() error {
	if len(l.details) == 0 || l.details[0].compare(&details{}) != 0 {
		return errors.New("the first details are not empty")
	}
	for i := range l.details {
		for _, list := range [][]Node{l.details[i].through, l.details[i].maybe} {
			for j, n := range list {
				if n < 0 || int(n) >= l.len() || j > 0 && list[j-1] >= n {
					return fmt.Errorf("details %d have no such party", i)
				}
			}
		}
	}
	return nil
}

func (l *layerData) checkRecords() error {
	if l.recordStart[0] != 0 || int(l.recordStart[l.len()]) != len(l.records) {
		return errors.New("the interests in the parties are not all")
	}
	for n := range l.len() {
		begin, end := l.recordStart[n], l.recordStart[n+1]
		if begin > end || int(end) > len(l.records) {
			return fmt.Errorf("the interests in party %d are nowhere", n)
		}
		for i := begin; i < end; i++ {
			r := &l.records[i]
			if r.holder < 0 || int(r.holder) >= l.len() || r.kind() > Control || int(r.details) >= len(l.details) ||
				r.since >= r.until || r.invalid() || r.upper() > uint32(Whole) || r.kind() == Control && r.upper() > 0 || r.directness() > Indirect ||
				!l.text.validSource(r.source, l.prefixes) {
				return fmt.Errorf("interest %d is none", i)
			}
			if i > begin && l.records[i-1].compare(r) > 0 {
				return fmt.Errorf("interest %d is in the wrong place", i)
			}
		}
	}
	return nil
}

func (l *layerData) checkProblems() error {
	for i, p := range l.problems.listed {
		if p.node < nobody || int(p.node) >= l.len() {
			return fmt.Errorf("problem %d is about nobody", i)
		}
	}
	return nil
}
