package register

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// sits puts down where a party sits on a basis, as texts say. What is not
// understood is remarked upon, and the party may then sit there.
func (t *tally) sits(at place, p *ownership.Party, basis ownership.Basis, texts ...string) {
	if len(texts) > maxCodes {
		t.remark(UnreadJurisdiction, at, "of %d jurisdictions only %d are read: the party may sit anywhere", len(texts), maxCodes)
		p.Jurisdictions.Unread = append(p.Jurisdictions.Unread, ownership.Unread{Basis: basis, Text: "too many jurisdictions"})
		texts = texts[:maxCodes]
	}
	for _, text := range texts {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		reading := t.read(text)
		for _, c := range reading.Codes {
			addSeat(&p.Jurisdictions, basis, c)
		}
		if reading.Understood {
			continue
		}
		t.unread(at, p, basis, text, reading.Candidates)
	}
}

// unread puts down that a text about where a party sits is not understood.
func (t *tally) unread(at place, p *ownership.Party, basis ownership.Basis, text string, candidates []jurisdiction.Code) {
	t.remark(UnreadJurisdiction, at, "the jurisdiction %s is not understood: the party may sit there", quote(cut.Prefix(tidy(text), maxUnread)))
	maySit(p, basis, text, candidates)
}

// maySit puts down that a party may sit in one of some places on a basis, or
// without any, anywhere.
func maySit(p *ownership.Party, basis ownership.Basis, text string, candidates []jurisdiction.Code) {
	unread := ownership.Unread{Basis: basis, Text: cut.Prefix(tidy(text), maxUnread), Candidates: candidates}
	same := func(u ownership.Unread) bool { return u.Basis == basis && u.Text == unread.Text }
	if !slices.ContainsFunc(p.Jurisdictions.Unread, same) {
		p.Jurisdictions.Unread = append(p.Jurisdictions.Unread, unread)
	}
}

// addSeat adds a code to those of a basis.
func addSeat(j *ownership.Jurisdictions, basis ownership.Basis, c jurisdiction.Code) {
	add := func(first *jurisdiction.Code, others *[]jurisdiction.Code) {
		switch {
		case *first == "":
			*first = c
		case *first != c && !slices.Contains(*others, c):
			*others = append(*others, c)
		}
	}
	switch basis {
	case ownership.Incorporation:
		add(&j.Incorporation, &j.OtherIncorporation)
	case ownership.Headquarters:
		add(&j.Headquarters, &j.OtherHeadquarters)
	case ownership.Nationality:
		if !slices.Contains(j.Nationality, c) {
			j.Nationality = append(j.Nationality, c)
		}
	case ownership.Residence:
		if !slices.Contains(j.Residence, c) {
			j.Residence = append(j.Residence, c)
		}
	}
}

const (
	// maxCodes bounds how many texts about one basis of a party are read.
	maxCodes = 64
	// maxUnread bounds how much of a text that is not understood is kept.
	maxUnread = 64
	// maxKnown bounds how many spellings are remembered, and maxSpelling how long
	// one of those is.
	maxKnown    = 10_000
	maxSpelling = 64
)

// read reads a jurisdiction. It remembers what it has read: a register says the
// same few places millions of times.
func (t *tally) read(text string) jurisdiction.Reading {
	if r, ok := t.known[text]; ok {
		return r
	}
	text = strings.Clone(text)
	r := jurisdiction.Read(text)
	if t.known == nil {
		t.known = map[string]jurisdiction.Reading{}
	}
	if len(t.known) < maxKnown && len(text) <= maxSpelling {
		t.known[text] = r
	}
	return r
}
