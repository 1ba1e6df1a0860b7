package synthetic

import (
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Interest is an interest of a synthetic register. Holder and Subject are
// indices of parties.
type Interest struct {
	Index int
	// Record is the Index of the first interest of the same record: what one
	// holder has of several kinds in a subject is declared together.
	Record          int
	Holder, Subject int
	Kind            ownership.Kind
	// Share is as sources write it; that of Consolidation is a majority, and of
	// Control there is none.
	Share        ownership.ShareText
	Since, Until time.Time
	// Ultimate says of Consolidation that the holder is not the direct parent.
	Ultimate bool
}

// Group is all that is declared about who holds a company.
type group struct {
	register  Register
	subject   int // index among the companies
	number    int
	draw      *draw
	left      int // percents that nobody holds yet
	interests []Interest
}

// AllInterests are the interests, those in one subject one after the other.
func (r Register) AllInterests() iter.Seq[Interest] {
	return func(yield func(Interest) bool) {
		groups := min(r.companies(), int(float64(r.Interests)/r.meanGroup())+1)
		last := Interest{Holder: -1}
		for index, g := 0, 0; index < r.Interests; g++ {
			// A second time round if there are many interests for each company.
			subject := int(int64(g%groups) * int64(r.companies()) / int64(groups))
			of := group{register: r, subject: subject, number: g, draw: r.draw(forHolders, g), left: 100}
			for _, i := range of.make(groups) {
				if index == r.Interests {
					return
				}
				i.Index, i.Record = index, index
				if last.Holder == i.Holder && last.Subject == i.Subject && last.Kind < i.Kind {
					i.Record = last.Record
				}
				last = i
				index++
				if !yield(i) {
					return
				}
			}
		}
	}
}

// meanGroup is how many interests there are in one subject on average.
func (r Register) meanGroup() float64 {
	switch r.Shape {
	case Consolidation:
		return 1.4
	case Bands:
		return 1.3 * 1.9
	default:
		return 1.7 * 1.3
	}
}

// make declares the holders of the group's subject.
func (g *group) make(groups int) []Interest {
	d := g.draw
	holders := 1
	if g.register.Shape == Consolidation {
		if d.below(10) < 4 {
			holders = 2
		}
	} else {
		holders = [...]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3}[d.below(20)]
		if g.register.Shape == Holdings {
			holders += [...]int{0, 0, 0, 1, 2}[d.below(5)]
		}
	}
	for n := range holders {
		holder := g.holder()
		if next, inRing := g.ring(groups); n == 0 && inRing {
			holder = next
		}
		if subject := g.register.company(g.subject); holder != subject {
			g.hold(holder, subject, n)
		}
	}
	return g.interests
}

// ring is the next company in a loop of two to five: of a hundred subjects,
// about one is in one.
func (g *group) ring(groups int) (next int, ok bool) {
	const every = 350
	begin := g.number / every * every
	length := 2 + g.number/every%4
	if g.number-begin >= length || begin+length > groups {
		return 0, false
	}
	other := begin + (g.number-begin+1)%length
	return g.register.company(int(int64(other) * int64(g.register.companies()) / int64(groups))), true
}

// holder draws who holds. Companies come before those that they hold, and few of
// them hold most: how many a company holds is distributed by a power law with
// the exponent 2.5. A person holds one or two companies.
func (g *group) holder() int {
	r, d := g.register, g.draw
	persons := block - r.companiesInBlock()
	if persons > 0 && d.below(100) < 80 {
		nearest := r.company(g.subject) / block * block
		return min(nearest+r.companiesInBlock()+d.below(persons), r.Parties-1)
	}
	u := d.unit()
	return r.company(int(float64(g.subject) * u * u * u))
}

// hold declares what a holder has in a subject.
func (g *group) hold(holder, subject, n int) {
	d := g.draw
	i := Interest{Holder: holder, Subject: subject, Ultimate: n > 0 && g.register.Shape == Consolidation}
	i.Since = today.AddDate(0, 0, -d.below(3650))
	if d.once(20) && i.Since.Before(today.AddDate(0, 0, -1)) {
		i.Until = i.Since.AddDate(0, 0, 1+d.below(int(today.Sub(i.Since).Hours()/24)))
	}
	i.Share = g.share(n)
	g.interests = append(g.interests, i)
	if g.register.Shape == Consolidation {
		return
	}
	if d.below(10) < [...]int{3, 0, 8}[g.register.Shape] {
		i.Kind = ownership.VotingRights
		g.interests = append(g.interests, i)
	}
	if d.once(20) {
		i.Kind, i.Share = ownership.Control, ownership.ShareText{}
		g.interests = append(g.interests, i)
	}
}

// today is the day of the data: everything begins before it.
var today = time.Date(2026, time.June, 30, 0, 0, 0, 0, time.UTC)

func (g *group) share(n int) ownership.ShareText {
	switch g.register.Shape {
	case Consolidation:
		return ownership.ShareText{ExclusiveMinimum: "50", Maximum: "100"}
	case Bands:
		band := g.draw.below(3)
		if n > 0 {
			band = 0 // There is no room for a second majority.
		}
		return [...]ownership.ShareText{
			{ExclusiveMinimum: "25", Maximum: "50"},
			{ExclusiveMinimum: "50", ExclusiveMaximum: "75"},
			{Minimum: "75", Maximum: "100"},
		}[band]
	default:
		percent := g.draw.below(g.left + 1)
		g.left -= percent
		if g.draw.once(4) {
			return ownership.ShareText{Minimum: strconv.Itoa(percent), Maximum: strconv.Itoa(percent + g.draw.below(g.left+1))}
		}
		return ownership.ShareText{Exact: strconv.Itoa(percent)}
	}
}

// declaration is what a reader makes of the interest.
func (r Register) declaration(i Interest) ownership.Interest {
	out := ownership.Interest{
		Holder: ownership.Ref{Key: r.Party(i.Holder).ID}, Subject: ownership.Ref{Key: r.Party(i.Subject).ID},
		Kind: i.Kind, Since: i.Since, Until: i.Until, Source: r.source(i), Directness: ownership.Direct,
	}
	if i.Ultimate {
		out.Directness = ownership.UnknownDirectness
	}
	if i.Kind != ownership.Control {
		// Shares that are made here can be read.
		out.Share, _ = ownership.ParseShare(i.Share)
	}
	return out
}

func (r Register) source(i Interest) string {
	if r.Shape == Consolidation {
		return "relationship record of " + r.Party(i.Subject).LEI
	}
	return fmt.Sprintf("statement %s", r.statementID(i.Record))
}

// statementID is the id of the statement that declares a record.
func (r Register) statementID(record int) string {
	d := r.draw(forHolders, ^record)
	return fmt.Sprintf("%016x%016x", d.source.Uint64(), d.source.Uint64())
}
