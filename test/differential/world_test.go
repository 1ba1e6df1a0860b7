package differential

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// world is who there is and who holds what, as LegalEntities. The other formats
// are written from these.
type world struct {
	entities []v1alpha1.LegalEntity
	// exact says that FollowTheMoney can say all of it: shares are exact or not
	// known, there are no arrangements, only people reside somewhere, and where a
	// state is counts on every basis.
	exact bool
}

// maker makes random things, the same ones for the same seed.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 8))} }

func (m maker) once(in int) bool { return m.IntN(in) == 0 }

func choose[T any](m maker, of ...T) T { return of[m.IntN(len(of))] }

// nobody is a holder that is in no file.
const nobody = "nobody"

// Interests begin and end on a few days about the end of a month, and verdicts are
// asked for on those.
func day(n int) time.Time { return time.Date(2026, time.February, 26+n, 0, 0, 0, 0, time.UTC) }

func (m maker) instant() time.Time {
	return day(m.IntN(6)).Add(choose(m, 0, 12*time.Hour, 24*time.Hour-time.Nanosecond))
}

func date(t time.Time) v1alpha1.Date { return v1alpha1.Date(t.Format(time.DateOnly)) }

func (m maker) world() world {
	w := world{exact: !m.once(3)}
	for n := range 2 + m.IntN(6) {
		w.entities = append(w.entities, m.entity(fmt.Sprintf("p%d", n), w.exact))
	}
	for range m.IntN(14) {
		subject := &w.entities[m.IntN(len(w.entities))].Spec
		if subject.Type == v1alpha1.EntityCompany || subject.Type == v1alpha1.EntityArrangement {
			subject.Interests = append(subject.Interests, m.interest(w, subject))
		}
	}
	return w
}

func (m maker) entity(name string, exact bool) v1alpha1.LegalEntity {
	types := []v1alpha1.EntityType{v1alpha1.EntityCompany, v1alpha1.EntityCompany, v1alpha1.EntityCompany, v1alpha1.EntityPerson, v1alpha1.EntityState}
	if !exact {
		types = append(types, v1alpha1.EntityArrangement)
	}
	e := v1alpha1.LegalEntity{}
	e.Name = name
	e.Spec.DisplayName, e.Spec.Type = "Example "+name, choose(m, types...)
	e.Spec.Jurisdictions = &v1alpha1.EntityJurisdictions{}
	j := e.Spec.Jurisdictions
	if e.Spec.Type == v1alpha1.EntityPerson {
		j.Nationality, j.Residence = m.places(), m.places()
		return e
	}
	state := e.Spec.Type == v1alpha1.EntityState
	if state || !m.once(4) {
		j.Incorporation = m.place()
	}
	if (!state || !exact) && m.once(2) {
		j.Headquarters = m.place()
	}
	if !exact && m.once(3) {
		j.Residence = m.places()
	}
	if m.once(5) {
		// Two may have the same one, and are then one party.
		e.Spec.Identifiers = []v1alpha1.Identifier{{Scheme: "LEI", ID: choose(m, "ZZZZ00LANTERNSG00059", "ZZZZ00LANTERNGROUP57")}}
	}
	return e
}

func (m maker) place() v1alpha1.JurisdictionCode {
	return choose[v1alpha1.JurisdictionCode](m, "SG", "SG", "CN", "RU", "UA", "UA-43", "HK", "GB-SCT")
}

func (m maker) places() []v1alpha1.JurisdictionCode {
	var places []v1alpha1.JurisdictionCode
	for range choose(m, 0, 1, 1, 2) {
		places = append(places, m.place())
	}
	return places
}

func (m maker) interest(w world, in *v1alpha1.LegalEntitySpec) v1alpha1.Interest {
	out := v1alpha1.Interest{
		Holder: m.holder(w, in),
		Kind:   choose(m, v1alpha1.InterestShareholding, v1alpha1.InterestShareholding, v1alpha1.InterestVotingRights, v1alpha1.InterestControl),
	}
	if out.Kind != v1alpha1.InterestControl && !m.once(8) {
		out.Share = m.share(w.exact)
	}
	begins := m.IntN(4)
	if m.once(4) {
		out.Since = date(day(begins))
	}
	if m.once(4) {
		out.Until = date(day(begins + 1 + m.IntN(2)))
	}
	return out
}

// holder refers to a party by name, to one that has an identifier also by that,
// and rarely to nobody.
func (m maker) holder(w world, in *v1alpha1.LegalEntitySpec) v1alpha1.PartyReference {
	if m.once(16) {
		return v1alpha1.PartyReference{Name: nobody}
	}
	e := choose(m, w.entities...)
	// Where two records have one identifier, a LegalEntity can name its own by it, and
	// a register only one of the records.
	another := slices.ContainsFunc(w.entities, func(o v1alpha1.LegalEntity) bool {
		return slices.Equal(o.Spec.Identifiers, e.Spec.Identifiers) && o.Name != e.Name
	})
	mine := another && slices.Equal(e.Spec.Identifiers, in.Identifiers)
	if len(e.Spec.Identifiers) > 0 && !mine && m.once(2) {
		return v1alpha1.PartyReference{Identifier: &e.Spec.Identifiers[0]}
	}
	return v1alpha1.PartyReference{Name: e.Name}
}

func (m maker) share(exact bool) *v1alpha1.Share {
	low := choose[v1alpha1.Percent](m, "0", "10", "25", "33.3333333", "49", "50")
	high := choose[v1alpha1.Percent](m, "50.0000001", "51", "60", "75", "100")
	if exact {
		return &v1alpha1.Share{Exact: choose(m, low, high)}
	}
	s := choose(m,
		v1alpha1.Share{Exact: choose(m, low, high)},
		v1alpha1.Share{Minimum: low, Maximum: high},
		v1alpha1.Share{ExclusiveMinimum: low, Maximum: high},
		v1alpha1.Share{Minimum: low, ExclusiveMaximum: high},
		v1alpha1.Share{ExclusiveMinimum: low, ExclusiveMaximum: "75.5"},
		v1alpha1.Share{Minimum: choose(m, low, high)},
		v1alpha1.Share{ExclusiveMinimum: low},
		v1alpha1.Share{Maximum: choose(m, low, high)},
		v1alpha1.Share{ExclusiveMaximum: high},
	)
	return &s
}

// named is the name of who is referred to.
func (w world) named(r v1alpha1.PartyReference) string {
	for _, e := range w.entities {
		if r.Identifier != nil && len(e.Spec.Identifiers) > 0 && e.Spec.Identifiers[0] == *r.Identifier {
			return e.Name
		}
	}
	return r.Name
}

func (w world) String() string {
	text := ""
	for _, e := range w.entities {
		out, err := yaml.Marshal(map[string]any{e.Name: e.Spec})
		if err != nil {
			return err.Error()
		}
		text += string(out)
	}
	return text
}
