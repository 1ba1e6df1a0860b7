package register

import (
	"regexp"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// holding is what an Ownership says is held.
type holding struct {
	kind  ownership.Kind
	share ownership.Share
}

// holdings reads what is owned: percentages, and natures of control as the
// United Kingdom's register has them, which datasets keep as a role or type.
func (r *ftmReader) holdings(p *properties, at place) []holding {
	kind := ownership.Shareholding
	var natures []holding
	for _, text := range append(p.OwnershipType, p.Role...) {
		if h, ok := nature(text); ok {
			natures = append(natures, h)
			continue
		}
		if strings.Contains(strings.ToLower(cut(text, maxName)), "voting") {
			kind = ownership.VotingRights
		}
	}
	var all []holding
	for _, text := range p.Percentage {
		if strings.TrimSpace(text) == "" {
			continue
		}
		share, ok := r.shares[text]
		if !ok {
			if share, ok = parsePercentage(text); !ok {
				r.remark(UnreadShare, at, "%s is no percentage: the share counts as unknown", quote(text))
			} else if len(r.shares) < maxKnown {
				r.shares[text] = share
			}
		}
		all = append(all, holding{kind, share})
	}
	if all = append(all, natures...); len(all) == 0 {
		all = append(all, holding{kind, ownership.UnknownShare})
	}
	return all
}

var (
	number = `(\d+(?:[.,]\d+)?) ?%?`
	// exactly, within, bounded are the forms of a percentage that people write.
	exactly = regexp.MustCompile(`^(?:=|exactly )? ?` + number + `$`)
	within  = regexp.MustCompile(`^(?:between |from )?` + number + ` ?(?:-|–|—|to|and|\.\.) ?` + number + `$`)
	least   = regexp.MustCompile(`^(?:>=|≥|=>|at least|minimum|min\.?|from) ?` + number + `$|^` + number + ` ?(?:or more|and more|\+)$`)
	above   = regexp.MustCompile(`^(?:>|more than|over|above|greater than) ?` + number + `$`)
	most    = regexp.MustCompile(`^(?:<=|≤|=<|at most|up to|maximum|max\.?) ?` + number + `$|^` + number + ` ?or less$`)
	below   = regexp.MustCompile(`^(?:<|less than|under|below) ?` + number + `$`)
	// overTo and overToUnder are the bands of the United Kingdom.
	overTo      = regexp.MustCompile(`^(?:more than|over|>) ?` + number + ` ?(?:-|to|but not more than|up to) ?` + number + `$`)
	overToUnder = regexp.MustCompile(`^(?:more than|over|>) ?` + number + ` ?(?:-|to|but|and)? ?(?:under|less than|below|<) ?` + number + `$`)
)

// maxPercentage bounds what is looked at as a percentage.
const maxPercentage = 100

// parsePercentage reads a percentage as people write it. What it cannot read is
// a share that is not known, and never none.
func parsePercentage(text string) (ownership.Share, bool) {
	if len(text) > maxPercentage {
		return ownership.UnknownShare, false
	}
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.ReplaceAll(strings.ReplaceAll(text, "percent", "%"), "per cent", "%")
	text = strings.ReplaceAll(text, " %", "%")
	if strings.Contains(text, ",000") { // rather a number of shares
		return ownership.UnknownShare, false
	}
	form := func(m []string) []string {
		var found []string
		for _, group := range m[1:] {
			if group != "" {
				found = append(found, strings.Replace(group, ",", ".", 1))
			}
		}
		return found
	}
	var s ownership.ShareText
	switch {
	case exactly.MatchString(text):
		s.Exact = form(exactly.FindStringSubmatch(text))[0]
	case overTo.MatchString(text):
		m := form(overTo.FindStringSubmatch(text))
		s.ExclusiveMinimum, s.Maximum = m[0], m[1]
	case overToUnder.MatchString(text):
		m := form(overToUnder.FindStringSubmatch(text))
		s.ExclusiveMinimum, s.ExclusiveMaximum = m[0], m[1]
	case within.MatchString(text):
		m := form(within.FindStringSubmatch(text))
		s.Minimum, s.Maximum = m[0], m[1]
	case least.MatchString(text):
		s.Minimum = form(least.FindStringSubmatch(text))[0]
	case above.MatchString(text):
		s.ExclusiveMinimum = form(above.FindStringSubmatch(text))[0]
	case most.MatchString(text):
		s.Maximum = form(most.FindStringSubmatch(text))[0]
	case below.MatchString(text):
		s.ExclusiveMaximum = form(below.FindStringSubmatch(text))[0]
	default:
		return ownership.UnknownShare, false
	}
	share, err := ownership.ParseShare(s)
	if err != nil {
		return ownership.UnknownShare, false
	}
	return share, true
}

// bands are those of the United Kingdom's register of people with significant
// control: the middle one excludes both ends.
var bands = map[string]ownership.ShareText{
	"25-to-50-percent":     {ExclusiveMinimum: "25", Maximum: "50"},
	"50-to-75-percent":     {ExclusiveMinimum: "50", ExclusiveMaximum: "75"},
	"75-to-100-percent":    {Minimum: "75"},
	"more-than-25-percent": {ExclusiveMinimum: "25"},
}

var natureKinds = map[string]ownership.Kind{
	"ownership-of-shares-":                ownership.Shareholding,
	"right-to-share-surplus-assets-":      ownership.Shareholding,
	"part-right-to-share-surplus-assets-": ownership.Shareholding,
	"voting-rights-":                      ownership.VotingRights,
}

// nature reads a nature of control, such as
// ownership-of-shares-50-to-75-percent-as-trust.
func nature(text string) (holding, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	for prefix, kind := range natureKinds {
		rest, ok := strings.CutPrefix(text, prefix)
		if !ok {
			continue
		}
		for band, bounds := range bands {
			if strings.HasPrefix(rest, band) {
				share, err := ownership.ParseShare(bounds)
				return holding{kind, share}, err == nil
			}
		}
	}
	if strings.HasPrefix(text, "right-to-appoint-and-remove-") || strings.HasPrefix(text, "significant-influence-or-control") {
		return holding{ownership.Control, ownership.Share{}}, true
	}
	return holding{}, false
}
