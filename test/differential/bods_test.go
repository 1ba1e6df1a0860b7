package differential

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

type object = map[string]any

// bods writes a world in the Beneficial Ownership Data Standard 0.4.
func (m maker) bods(w world) []string {
	b := &bodsWriter{maker: m}
	for _, e := range w.entities {
		b.party(e)
	}
	for _, e := range w.entities {
		b.interests(w, e)
	}
	m.Shuffle(len(b.lines), func(i, j int) { b.lines[i], b.lines[j] = b.lines[j], b.lines[i] })
	return b.lines
}

type bodsWriter struct {
	maker
	lines   []string
	records int
}

// record writes a record, and now and then one that it replaced.
func (b *bodsWriter) record(id, kind string, details, before object) {
	status := "new"
	if b.once(4) {
		b.statement(id, kind, status, "2025-01-01", before)
		status = "updated"
	}
	b.statement(id, kind, status, "2025-06-01", details)
}

func (b *bodsWriter) statement(id, kind, status, date string, details object) {
	details["isComponent"] = false
	b.lines = append(b.lines, line(object{
		"statementId": fmt.Sprintf("statement-%d", len(b.lines)), "declarationSubject": id, "statementDate": date,
		"recordId": id, "recordType": kind, "recordStatus": status, "recordDetails": details,
	}))
}

func line(o object) string {
	out, err := json.Marshal(o, json.Deterministic(true))
	if err != nil {
		panic(err) // it is texts and lists of texts
	}
	return string(out)
}

func (b *bodsWriter) party(e v1alpha1.LegalEntity) {
	j := e.Spec.Jurisdictions
	var addresses []object
	address := func(kind string, places ...v1alpha1.JurisdictionCode) {
		for _, p := range places {
			addresses = append(addresses, object{"type": kind, "country": object{"code": b.spelling(p)}})
		}
	}
	if j.Headquarters != "" {
		address("business", j.Headquarters)
	}
	address("residence", j.Residence...)
	details := object{"addresses": addresses}
	for _, id := range e.Spec.Identifiers {
		details["identifiers"] = []object{{"scheme": "XI-LEI", "id": id.ID}}
	}
	if e.Spec.Type == v1alpha1.EntityPerson {
		details["personType"] = "knownPerson"
		details["names"] = []object{{"type": "legal", "fullName": e.Spec.DisplayName}}
		var nationalities []object
		for _, p := range j.Nationality {
			nationalities = append(nationalities, object{"code": b.spelling(p)})
		}
		details["nationalities"] = nationalities
		b.record(e.Name, "person", details, object{"personType": "knownPerson", "nationalities": []object{{"code": "CN"}}})
		return
	}
	details["name"] = e.Spec.DisplayName
	kind := object{"type": map[v1alpha1.EntityType]string{
		v1alpha1.EntityCompany:     choose(b.maker, "registeredEntity", "legalEntity"),
		v1alpha1.EntityState:       choose(b.maker, "state", "stateBody"),
		v1alpha1.EntityArrangement: "arrangement",
	}[e.Spec.Type]}
	if e.Spec.Type == v1alpha1.EntityArrangement {
		kind["subtype"] = "trust" // without one it may be a joint holding
	}
	details["entityType"] = kind
	if j.Incorporation != "" {
		details["jurisdiction"] = object{"code": b.spelling(j.Incorporation)}
	}
	b.record(e.Name, "entity", details, object{"entityType": kind, "jurisdiction": object{"code": "CN"}})
}

// spelling is one of those in which registers write a jurisdiction.
func (m maker) spelling(code v1alpha1.JurisdictionCode) string {
	spellings := map[v1alpha1.JurisdictionCode][]string{
		"SG": {"SGP", "Singapore"}, "CN": {"CHN", "China"}, "RU": {"RUS", "Russia"}, "UA": {"UKR", "Ukraine"},
		"HK": {"HKG", "CN-HK"}, "GB-SCT": {"Scotland"}, "UA-43": {"ua-43"},
	}
	return choose(m, append(spellings[code], string(code), strings.ToLower(string(code)))...)
}

// interests writes what others have in a party: what one has in one relationship
// or in several, as registers do both.
func (b *bodsWriter) interests(w world, e v1alpha1.LegalEntity) {
	together := map[string][]object{}
	var order []string
	for _, in := range e.Spec.Interests {
		holder := w.named(in.Holder)
		if len(together[holder]) > 0 && b.once(2) {
			b.relationship(e.Name, holder, []object{b.interest(in)})
			continue
		}
		if len(together[holder]) == 0 {
			order = append(order, holder)
		}
		together[holder] = append(together[holder], b.interest(in))
	}
	for _, holder := range order {
		b.relationship(e.Name, holder, together[holder])
	}
	if b.once(4) {
		// What is closed does not hold.
		b.records++
		b.statement(fmt.Sprintf("r%d", b.records), "relationship", "closed", "2025-06-01", object{
			"subject": e.Name, "interestedParty": choose(b.maker, w.entities...).Name,
			"interests": []object{{"type": "shareholding", "directOrIndirect": "direct", "share": object{"exact": 100}}},
		})
	}
}

func (b *bodsWriter) relationship(subject, holder string, interests []object) {
	b.records++
	b.record(fmt.Sprintf("r%d", b.records), "relationship",
		object{"subject": subject, "interestedParty": holder, "interests": interests},
		object{"subject": subject, "interestedParty": holder, "interests": []object{{"type": "shareholding", "share": object{"exact": 100}}}})
}

func (b *bodsWriter) interest(in v1alpha1.Interest) object {
	out := object{"directOrIndirect": "direct"}
	switch in.Kind {
	case v1alpha1.InterestShareholding:
		out["type"] = choose(b.maker, "shareholding", "rightsToProfitOrIncome")
	case v1alpha1.InterestVotingRights:
		out["type"] = "votingRights"
	default:
		out["type"] = choose(b.maker, "appointmentOfBoard", "controlViaCompanyRulesOrArticles")
	}
	if s := in.Share; s != nil {
		share := object{}
		for name, bound := range map[string]v1alpha1.Percent{
			"exact": s.Exact, "minimum": s.Minimum, "maximum": s.Maximum,
			"exclusiveMinimum": s.ExclusiveMinimum, "exclusiveMaximum": s.ExclusiveMaximum,
		} {
			if bound != "" {
				share[name] = jsontext.Value(bound)
			}
		}
		out["share"] = share
	}
	if in.Since != "" {
		out["startDate"] = string(in.Since)
	}
	if in.Until != "" {
		out["endDate"] = string(in.Until)
	}
	return out
}
