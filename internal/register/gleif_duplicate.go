package register

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// duplicates notes what the records of level 1 say, so that those that are about
// one LEI and differ can be told.
type duplicates struct {
	seed  maphash.Seed
	noted []noted
}

type noted struct {
	lei     uint64 // a hash
	content uint64 // a hash
	at      mark
}

const notedCost = 32

func (d *duplicates) add(g *gleifReader, r *gleifRecord, l lei, at place) error {
	if d.noted == nil {
		d.seed = maphash.MakeSeed()
	}
	if err := g.sink.spend(notedCost); err != nil {
		return err
	}
	var h maphash.Hash
	h.SetSeed(d.seed)
	for _, text := range r.text {
		_, _ = h.WriteString(text)
		_ = h.WriteByte(0)
	}
	for _, text := range r.successors {
		_, _ = h.WriteString(text)
		_ = h.WriteByte(0)
	}
	d.noted = append(d.noted, noted{maphash.Bytes(d.seed, l[:]), h.Sum64(), g.mark(at)})
	return nil
}

// report remarks on each further content that records of one LEI have.
func (d *duplicates) report(g *gleifReader) {
	byPlace := func(a, b noted) int {
		return cmp.Or(cmp.Compare(a.at.file, b.at.file), cmp.Compare(a.at.line, b.at.line))
	}
	slices.SortFunc(d.noted, func(a, b noted) int {
		return cmp.Or(cmp.Compare(a.lei, b.lei), cmp.Compare(a.content, b.content), byPlace(a, b))
	})
	for all := d.noted; len(all) > 0; {
		end := slices.IndexFunc(all, func(n noted) bool { return n.lei != all[0].lei })
		if end < 0 {
			end = len(all)
		}
		differ := slices.CompactFunc(all[:end], func(a, b noted) bool { return a.content == b.content })
		if len(differ) > 1 {
			slices.SortFunc(differ, byPlace)
			for _, n := range differ[1:] {
				g.remark(ConflictingDuplicate, g.place(n.at, ""), "another record of the same LEI differs from it: both count")
			}
		}
		all = all[end:]
	}
	d.noted = nil
}
