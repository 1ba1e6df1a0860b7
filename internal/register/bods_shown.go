package register

import (
	"github.com/domicile-dev/domicile/internal/ownership"
)

// shown is what a hop shows of one kind, if there is any.
type shown struct {
	there bool
	share ownership.Share
}

// shownBy is what some interests show together.
func shownBy(interests []ownership.Interest) (of [ownership.Control + 1]shown) {
	var direct, other [ownership.Control + 1]shown
	for _, i := range interests {
		to := &other[i.Kind]
		if i.Directness == ownership.Direct {
			to = &direct[i.Kind]
		}
		to.there = true
		to.share.Lower, to.share.Upper = max(to.share.Lower, i.Share.Lower), to.share.Upper+i.Share.Upper
	}
	for kind := range of {
		a, b := direct[kind], other[kind]
		of[kind] = shown{a.there || b.there, ownership.Share{Lower: a.share.Lower + b.share.Lower, Upper: min(a.share.Upper+b.share.Upper, ownership.Whole)}}
	}
	return of
}

// shows says whether there is anything of any kind.
func (h *hop) shows() bool {
	for _, kind := range h.shown {
		if kind.there {
			return true
		}
	}
	return false
}

// atMost is how much of a kind somebody may have through the hop: all, through
// control.
func (h *hop) atMost(kind ownership.Kind) ownership.Percent {
	if h.shown[ownership.Control].there {
		return ownership.Whole
	}
	return h.shown[kind].share.Upper
}

// compare remarks on indirect interests that are not what the components show, as
// far as they tell.
func (b *bodsReader) compare(p *primary, way []hop) {
	var most, least [ownership.Control]ownership.Percent
	for kind := range ownership.Control {
		carried := p.carried(way, kind)
		for n := range way {
			if h := &way[n]; h.party == "" && h.subject == p.subject {
				most[kind] = min(most[kind]+h.atMost(kind), ownership.Whole)
			}
		}
		least[kind] = carried[p.subject]
	}
	for _, i := range p.interests {
		switch {
		case i.Kind == ownership.Control:
		case most[i.Kind] < i.Share.Lower:
			b.remark(IndirectInterest, p.at, "%s of at least %s %% is declared, and the components show at most %s %%: the larger counts", i.Kind, i.Share.Lower, most[i.Kind])
		case least[i.Kind] > i.Share.Upper:
			b.remark(IndirectInterest, p.at, "%s of at most %s %% is declared, and the components show at least %s %%: the larger counts", i.Kind, i.Share.Upper, least[i.Kind])
		}
	}
}

// maxSteps bounds how many steps of a way are multiplied.
const maxSteps = 16

// carried is how much of each party the holder certainly has along a way.
func (p *primary) carried(way []hop, kind ownership.Kind) map[string]ownership.Percent {
	carried := map[string]ownership.Percent{p.holder: ownership.Whole}
	for range min(maxSteps, len(way)) {
		next := map[string]ownership.Percent{p.holder: ownership.Whole}
		for n := range way {
			// What has components itself is shown by these.
			if h := &way[n]; h.party == "" && len(h.components) == 0 && h.subject != p.holder {
				part := int64(carried[h.holder]) * int64(h.shown[kind].share.Lower) / int64(ownership.Whole)
				next[h.subject] = min(next[h.subject]+ownership.Percent(part), ownership.Whole)
			}
		}
		carried = next
	}
	return carried
}
