package register

import (
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// holding is what an Ownership says is held.
type holding struct {
	kind  ownership.Kind
	share ownership.Share
}

// role reads a text about a link, and remembers it.
func (r *ftmReader) role(text string) role {
	read, ok := r.roles[text]
	if !ok {
		if read = readRole(text); len(r.roles) < maxKnown && len(text) <= maxWords {
			r.roles[text] = read
		}
	}
	return read
}

// spoken are the texts that say what is held.
func (p *properties) spoken() texts {
	return slices.Concat(p.OwnershipType, p.ControlType, p.Role)
}

// byNatures are the natures of control that a link has as a role or type.
func (r *ftmReader) byNatures(p *properties) []holding {
	var all []holding
	for _, text := range p.spoken() {
		if said := r.role(text); said.natures {
			all = append(all, said.claims[0].holdings...)
		}
	}
	return all
}

// howHeld says whether all that a link declares is held in one way.
func (r *ftmReader) howHeld(p *properties) ownership.Directness {
	direct, indirect := false, false
	for _, text := range p.spoken() {
		said := r.role(text)
		direct, indirect = direct || said.direct, indirect || said.indirect
	}
	switch {
	case direct == indirect:
		return ownership.UnknownDirectness
	case direct:
		return ownership.Direct
	default:
		return ownership.Indirect
	}
}

// holdings reads what an Ownership declares: percentages, natures of control as
// the United Kingdom's register has them, and roles.
func (r *ftmReader) holdings(p *properties, at place) []holding {
	kind := ownership.Shareholding
	natures := r.byNatures(p)
	var roles []holding
	for _, text := range p.spoken() {
		said := r.role(text)
		if said.natures {
			continue
		}
		if said.voting {
			kind = ownership.VotingRights
		}
		for _, c := range said.claims {
			roles = append(roles, c.holdings...)
		}
	}
	all := natures
	for _, text := range p.Percentage {
		if strings.TrimSpace(text) == "" {
			continue
		}
		h := r.percentage(text, at)
		if h.kind == ownership.Shareholding {
			h.kind = kind
			all = beside(all, natures, h)
		} else {
			all = append(all, h)
		}
	}
	for _, h := range roles {
		// What a role says of a share counts where nothing else does.
		if h.kind == ownership.Control || len(p.Percentage) == 0 && natures == nil && h.share != ownership.UnknownShare {
			all = append(all, h)
		}
	}
	if len(all) == 0 || natures == nil && !slices.ContainsFunc(all, func(h holding) bool { return h.kind != ownership.Control }) {
		all = append(all, holding{kind, ownership.UnknownShare})
	}
	return all
}

// beside adds a percentage to natures of control. Publishers repeat the band of
// each nature as a percentage, without its kind: that is nothing new. What is more
// exact than the one band takes its place.
func beside(all, natures []holding, h holding) []holding {
	var bands []int
	for n, nature := range natures {
		switch {
		case nature.kind == ownership.Control:
		case h.share.Lower <= nature.share.Lower && nature.share.Upper <= h.share.Upper:
			return all
		default:
			bands = append(bands, n)
		}
	}
	if len(bands) == 1 {
		nature := natures[bands[0]]
		h.kind = nature.kind
		if nature.share.Lower <= h.share.Lower && h.share.Upper <= nature.share.Upper {
			all[bands[0]] = h
			return all
		}
	}
	return append(all, h)
}

// percentage reads a percentage, and remembers it.
func (r *ftmReader) percentage(text string, at place) holding {
	read, ok := r.shares[text]
	if ok {
		return read
	}
	read, ok = parseHolding(text)
	switch {
	case !ok:
		r.remark(UnreadShare, at, "%s is no percentage: the share counts as unknown", quote(text))
	case len(r.shares) < maxKnown:
		r.shares[text] = read
	}
	return read
}
