package register

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// exception says that a parent is not told, and why.
type exception struct {
	child  lei
	reason uint8 // an index into exceptionReasons
}

// undisclosedReason is a reason and the name of the party that stands for whoever
// is not told for it.
type undisclosedReason struct{ code, name string }

// exceptionReasons has GLEIF's reasons for which somebody holds the entity who
// is not told, with what stands for the name of that party. Other reasons say
// that there is nobody.
var exceptionReasons = []undisclosedReason{
	{"NATURAL_PERSONS", "undisclosed parent (natural persons)"},
	{"NON_CONSOLIDATING", "undisclosed parent (it does not consolidate)"},
	{"NO_LEI", "undisclosed parent (it has no LEI)"},
	{"NON_PUBLIC", "undisclosed parent (not public)"},
	{"BINDING_LEGAL_COMMITMENTS", "undisclosed parent (binding legal commitments)"},
	{"LEGAL_OBSTACLES", "undisclosed parent (legal obstacles)"},
	{"CONSENT_NOT_OBTAINED", "undisclosed parent (consent not obtained)"},
	{"DETRIMENT_NOT_EXCLUDED", "undisclosed parent (detriment not excluded)"},
	{"DISCLOSURE_DETRIMENTAL", "undisclosed parent (disclosure detrimental)"},
}

// notPublic is the index of a reason that says nothing more.
var notPublic = slices.IndexFunc(exceptionReasons, func(r undisclosedReason) bool { return r.code == "NON_PUBLIC" })

// exception reads a reporting exception.
func (g *gleifReader) exception(r *gleifRecord, at place) {
	child, ok := parseLEI(r.text[leiText])
	if at.record = r.text[leiText]; !ok {
		g.refuse(at, "an LEI with wrong check digits identifies nobody")
		return
	}
	for _, code := range r.reasons {
		if strings.EqualFold(code, "NO_KNOWN_PERSON") {
			continue
		}
		n := slices.IndexFunc(exceptionReasons, func(r undisclosedReason) bool { return strings.EqualFold(r.code, code) })
		if n < 0 {
			g.remark(OtherRemark, at, "%s is no reason of a reporting exception: it counts as one that is not public", quote(code))
			n = notPublic
		}
		g.exceptions = append(g.exceptions, exception{child, uint8(n)})
	}
}

// declareExceptions declares, for each reason, one party that stands for all who
// are not told for it, and that it may hold anything.
func (g *gleifReader) declareExceptions(heads map[lei]lei) error {
	for i := range g.exceptions {
		if head, ok := heads[g.exceptions[i].child]; ok {
			g.exceptions[i].child = head
		}
	}
	slices.SortFunc(g.exceptions, func(a, b exception) int {
		if c := slices.Compare(a.child[:], b.child[:]); c != 0 {
			return c
		}
		return int(a.reason) - int(b.reason)
	})
	var declared [256]bool
	for _, e := range slices.Compact(g.exceptions) {
		reason := exceptionReasons[e.reason]
		key, source := "undisclosed/"+reason.code, "reporting exception "+reason.code
		if !declared[e.reason] {
			declared[e.reason] = true
			if err := g.sink.party(ownership.Party{Key: key, Name: reason.name, Source: source}); err != nil {
				return err
			}
		}
		err := g.sink.interest(ownership.Interest{
			Holder: byKey(key), Subject: e.child.ref(), Kind: ownership.Shareholding, Share: ownership.UnknownShare, Source: source,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
