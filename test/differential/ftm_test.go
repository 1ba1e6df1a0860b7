package differential

import (
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// followTheMoney writes a world of exact shares in FollowTheMoney.
func (m maker) followTheMoney(w world) []string {
	var lines []string
	add := func(id, schema string, properties object) {
		lines = append(lines, line(object{"id": id, "schema": schema, "caption": id, "properties": properties}))
		if m.once(8) {
			lines = append(lines, lines[len(lines)-1])
		}
	}
	for _, e := range w.entities {
		add(e.Name, map[v1alpha1.EntityType]string{
			v1alpha1.EntityCompany: "Company", v1alpha1.EntityPerson: "Person", v1alpha1.EntityState: "PublicBody",
		}[e.Spec.Type], m.partyProperties(e))
	}
	for _, e := range w.entities {
		for n, in := range e.Spec.Interests {
			add(fmt.Sprintf("%s-%d", e.Name, n), "Ownership", m.ownershipProperties(w, e, in))
		}
	}
	m.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines
}

func (m maker) partyProperties(e v1alpha1.LegalEntity) object {
	out := object{"name": []string{e.Spec.DisplayName}}
	set := func(name string, places ...v1alpha1.JurisdictionCode) {
		var texts []string
		for _, p := range places {
			if p != "" {
				texts = append(texts, m.spelling(p))
			}
		}
		if len(texts) > 0 {
			out[name] = texts
		}
	}
	j := e.Spec.Jurisdictions
	set("jurisdiction", j.Incorporation)
	set("mainCountry", j.Headquarters)
	set(choose(m, "nationality", "citizenship"), j.Nationality...)
	set("country", j.Residence...)
	for _, id := range e.Spec.Identifiers {
		out["leiCode"] = []string{id.ID}
	}
	return out
}

// ownershipProperties says of each interest that it is direct.
func (m maker) ownershipProperties(w world, e v1alpha1.LegalEntity, in v1alpha1.Interest) object {
	out := object{"owner": []string{w.named(in.Holder)}, "asset": []string{e.Name}}
	switch in.Kind {
	case v1alpha1.InterestShareholding:
		out["ownershipType"] = []string{choose(m, "direct", "Direct shareholding")}
	case v1alpha1.InterestVotingRights:
		out["ownershipType"], out["role"] = []string{"Direct"}, []string{"voting rights"}
	default:
		out["role"] = []string{choose(m, "right-to-appoint-and-remove-directors", "Significant influence or control")}
	}
	if in.Share != nil {
		out["percentage"] = []string{string(in.Share.Exact) + choose(m, "", "%", " %")}
	}
	if in.Since != "" {
		out["startDate"] = []string{string(in.Since)}
	}
	if in.Until != "" {
		// Here the day of the end is the last one that counts.
		until, err := time.Parse(time.DateOnly, string(in.Until))
		if err != nil {
			panic(err) // it was made of a day
		}
		out["endDate"] = []string{until.AddDate(0, 0, -1).Format(time.DateOnly)}
	}
	return out
}
