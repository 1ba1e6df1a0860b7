package synthetic

import (
	"iter"
	"math/bits"
	"math/rand/v2"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Shape is what sort of register it is.
type Shape uint8

// The shapes.
const (
	// Holdings has companies and persons that hold shares and votes: exact
	// percents, ranges, and control by other means.
	Holdings Shape = iota
	// Consolidation is like GLEIF: companies, most without a known parent, and
	// parents that consolidate them, which counts as a majority.
	Consolidation
	// Bands is like the register of people with significant control: companies
	// and persons, in equal parts nearly, and bands of more than 25 to 50, more
	// than 50 to less than 75, and 75 to 100 %.
	Bands
)

// Register describes a synthetic register.
type Register struct {
	Shape              Shape
	Parties, Interests int
	Seed               uint64
}

// GLEIF and PSC are as large as the registers that they are shaped after.
var (
	GLEIF = Register{Shape: Consolidation, Parties: 3_400_000, Interests: 500_000, Seed: 1}
	PSC   = Register{Shape: Bands, Parties: 10_000_000, Interests: 12_000_000, Seed: 1}
)

// Blocked are the jurisdictions in which one party in fifty has its
// headquarters: the seeds.
var Blocked = []string{"CN", "RU"}

// Sized is the same sort of register with about so many parties, and interests
// in proportion.
func (r Register) Sized(parties int) Register {
	r.Interests = int(int64(r.Interests) * int64(parties) / int64(r.Parties))
	r.Parties = parties
	return r
}

// Of twenty parties that follow each other the first are companies and the rest
// persons.
const block = 20

// companiesInBlock is how many of a block are companies.
func (r Register) companiesInBlock() int {
	if r.Shape == Consolidation {
		return block
	}
	return 11
}

// companies is how many of the parties are companies.
func (r Register) companies() int {
	in := r.companiesInBlock()
	return r.Parties/block*in + min(r.Parties%block, in)
}

// company is the index of the nth company among the parties.
func (r Register) company(n int) int {
	in := r.companiesInBlock()
	return n/in*block + n%in
}

func (r Register) isPerson(party int) bool { return party%block >= r.companiesInBlock() }

// AllParties are the parties, in the order of their index.
func (r Register) AllParties() iter.Seq[Party] {
	return func(yield func(Party) bool) {
		for n := range r.Parties {
			if !yield(r.Party(n)) {
				return
			}
		}
	}
}

// Build feeds a Builder with what a reader would make of the register.
func (r Register) Build(b *ownership.Builder) {
	for p := range r.AllParties() {
		b.AddParty(p.declaration())
	}
	for i := range r.AllInterests() {
		b.AddInterest(r.declaration(i))
	}
}

// purpose keeps what is drawn for one thing apart from what is drawn for another.
type purpose uint64

const (
	forParty purpose = iota
	forHolders
)

// draw is a stream of random numbers for one party or group of holders.
type draw struct{ source rand.PCG }

func (r Register) draw(p purpose, n int) *draw {
	d := &draw{}
	d.source.Seed(r.Seed<<8|uint64(p), uint64(n))
	return d
}

// below is from 0 to n-1.
func (d *draw) below(n int) int {
	high, _ := bits.Mul64(d.source.Uint64(), uint64(n))
	return int(high)
}

// once is true one time in n.
func (d *draw) once(n int) bool { return d.below(n) == 0 }

// unit is from 0 to 1.
func (d *draw) unit() float64 { return float64(d.source.Uint64()>>11) / (1 << 53) }

func pick[T any](d *draw, of []T) T { return of[d.below(len(of))] }
