package synthetic

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// WriteFollowTheMoney writes the register as FollowTheMoney entities, one on a
// line. Voting rights and control are left out.
func (r Register) WriteFollowTheMoney(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	entities := json.NewEncoder(out)
	for p := range r.AllParties() {
		if err := entities.Encode(p.followTheMoney()); err != nil {
			return err
		}
	}
	for i := range r.AllInterests() {
		if i.Kind != ownership.Shareholding {
			continue
		}
		properties := object{
			"owner": []string{r.Party(i.Holder).ID}, "asset": []string{r.Party(i.Subject).ID},
			"percentage": []string{percentage(i.Share)}, "startDate": []string{day(i.Since)},
		}
		if !i.Until.IsZero() {
			properties["endDate"] = []string{day(lastDay(i))}
		}
		if err := entities.Encode(object{"id": "own-" + r.statementID(i.Index), "schema": "Ownership", "properties": properties}); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (p Party) followTheMoney() object {
	if p.Person {
		return object{"id": p.ID, "schema": "Person", "properties": object{
			"name": []string{p.Name}, "nationality": []string{p.Nationality},
		}}
	}
	properties := object{
		"name": []string{p.Name}, "jurisdiction": []string{p.Incorporation}, "mainCountry": []string{p.Headquarters},
	}
	if p.LEI != "" {
		properties["leiCode"] = []string{p.LEI}
	}
	if p.CompanyNumber != "" {
		properties["registrationNumber"] = []string{p.CompanyNumber}
	}
	return object{"id": p.ID, "schema": "Company", "properties": properties}
}

// percentage is a share in the free text of FollowTheMoney.
func percentage(s ownership.ShareText) string {
	switch low, high := cmp.Or(s.Minimum, s.ExclusiveMinimum), cmp.Or(s.Maximum, s.ExclusiveMaximum); {
	case s.Exact != "":
		return s.Exact + "%"
	case low == "50" && high == "100":
		return ">50"
	default:
		return low + "-" + high
	}
}
