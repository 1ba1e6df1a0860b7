package ownership_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// TestSourcesAreWhatTheyDeclare changes random sources step by step and compares
// the layer with one that is made anew of all that they declare.
func TestSourcesAreWhatTheyDeclare(t *testing.T) {
	patched, shared, steps := 0, 0, 0
	for seed := range uint64(150) {
		d := &declaring{random: rand.New(rand.NewPCG(seed, 3)), sources: 8 + int(seed)}
		sources, declared := &ownership.Sources{}, map[string]*ownership.Declaration{}
		for range 25 {
			changes := d.changes(declared, steps%25 == 0)
			next := sources.With(changes)
			for name, declaration := range changes {
				if declared[name] = declaration; declaration == nil {
					delete(declared, name)
				}
			}
			var b ownership.Builder
			for _, declaration := range declared {
				b.AddParty(declaration.Party)
				for _, i := range declaration.Interests {
					b.AddInterest(i)
				}
			}
			if diff := cmp.Diff(b.Layer().Lines(), next.Layer().Lines()); diff != "" {
				t.Fatalf("seed %d: the layer after a change is not that of the same declarations (-anew +changed):\n%s", seed, diff)
			}
			if next.Patched(sources) {
				patched++
			}
			if next.Shared(sources) {
				shared++
			}
			steps++
			sources = next
		}
	}
	if patched*3 < steps || shared*4 < steps {
		t.Errorf("of %d layers %d were made of most of an earlier one and %d share all but a few nodes with it: that is too few", steps, patched, shared)
	}
}

// declaring makes random declarations about few parties.
type declaring struct {
	random  *rand.Rand
	sources int
}

// changes are some of everything at first, and later few.
func (d *declaring) changes(declared map[string]*ownership.Declaration, first bool) map[string]*ownership.Declaration {
	changes, count := map[string]*ownership.Declaration{}, 1+d.random.IntN(3)
	if first {
		count = d.sources
	}
	same := d.random.IntN(2) == 0 // who there is stays as it is, mostly
	for range count {
		name := d.name()
		switch before := declared[name]; {
		case before != nil && same:
			changes[name] = d.another(before)
		case same && !first:
		case before != nil && d.random.IntN(4) == 0:
			changes[name] = nil
		default:
			changes[name] = d.declaration(name)
		}
	}
	return changes
}

func (d *declaring) name() string { return fmt.Sprint("s", d.random.IntN(d.sources)) }

func (d *declaring) code() jurisdiction.Code {
	return []jurisdiction.Code{"", "CN", "SG", "GB"}[d.random.IntN(4)]
}

// identifier is one of a few: so declarations are of one party now and then.
func (d *declaring) identifier() ownership.Identifier {
	return ownership.Identifier{Scheme: []string{"XX-REG", "AA", "ZZ"}[d.random.IntN(3)], ID: fmt.Sprint(d.random.IntN(2 * d.sources))}
}

func (d *declaring) ref() ownership.Ref {
	if d.random.IntN(5) == 0 {
		return ownership.Ref{Identifier: d.identifier()}
	}
	return ownership.Ref{Key: d.name()}
}

func (d *declaring) day() time.Time {
	if d.random.IntN(3) > 0 {
		return time.Time{}
	}
	return time.Date(2026, 1, 1+d.random.IntN(5), 0, 0, 0, 0, time.UTC)
}

func (d *declaring) declaration(name string) *ownership.Declaration {
	declared := &ownership.Declaration{Party: ownership.Party{
		Key: name, Name: fmt.Sprint("Company ", d.random.IntN(4)), Source: "source " + name,
		Type:          []ownership.PartyType{ownership.UnknownType, ownership.Company, ownership.State}[d.random.IntN(3)],
		Jurisdictions: ownership.Jurisdictions{Incorporation: d.code(), Headquarters: d.code()},
	}}
	for range d.random.IntN(2) * d.random.IntN(3) {
		declared.Party.Identifiers = append(declared.Party.Identifiers, d.identifier())
	}
	for i := range d.random.IntN(3) * d.random.IntN(2) {
		declared.Interests = append(declared.Interests, d.interest(name, i))
	}
	return declared
}

// another is a declaration of the same party, known under the same.
func (d *declaring) another(before *ownership.Declaration) *ownership.Declaration {
	after := d.declaration(before.Party.Key)
	after.Party.Identifiers = before.Party.Identifiers
	switch d.random.IntN(3) {
	case 0:
		after.Interests = before.Interests
	case 1: // as many, by the same holders
		after.Interests = nil
		for n, i := range before.Interests {
			share := d.interest(before.Party.Key, n)
			share.Holder = i.Holder
			after.Interests = append(after.Interests, share)
		}
	}
	return after
}

func (d *declaring) interest(name string, n int) ownership.Interest {
	lower := ownership.Percent(d.random.IntN(6)) * ownership.Whole / 5
	since, until := d.day(), d.day()
	if d.sources%10 > 0 && !since.IsZero() && !until.IsZero() {
		until = since.AddDate(0, 0, 1+d.random.IntN(3)) // only some worlds have periods that end before they begin
	}
	i := ownership.Interest{
		Subject: ownership.Ref{Key: name}, Holder: d.ref(), Kind: []ownership.Kind{ownership.Shareholding, ownership.VotingRights, ownership.Control}[d.random.IntN(3)],
		Share: ownership.Share{Lower: lower, Upper: ownership.Percent(d.random.IntN(6)) * ownership.Whole / 5}, // some are no range
		Since: since, Until: until, Directness: ownership.Direct,
		Source: fmt.Sprintf("source %s, interest %d", name, n),
	}
	if d.random.IntN(6) == 0 {
		i.Joint = fmt.Sprint("joint-", d.random.IntN(2))
	}
	return i
}
