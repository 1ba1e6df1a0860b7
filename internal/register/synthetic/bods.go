package synthetic

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// object is a JSON object.
type object map[string]any

// WriteBODS writes the register as BODS 0.4, one statement on a line.
func (r Register) WriteBODS(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	statements := json.NewEncoder(out)
	for p := range r.AllParties() {
		if err := statements.Encode(r.partyStatement(p)); err != nil {
			return err
		}
	}
	for record := range r.records() {
		if err := statements.Encode(r.relationshipStatement(record)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// records are the interests, together as they are declared together.
func (r Register) records() func(yield func([]Interest) bool) {
	return func(yield func([]Interest) bool) {
		var record []Interest
		for i := range r.AllInterests() {
			if len(record) > 0 && record[0].Record != i.Record {
				if !yield(record) {
					return
				}
				record = record[:0]
			}
			record = append(record, i)
		}
		if len(record) > 0 {
			yield(record)
		}
	}
}

func statement(id, record, kind string, details object) object {
	return object{
		"statementId": id, "declarationSubject": record, "statementDate": day(today), "recordId": record, "recordType": kind,
		"recordStatus": "new", "recordDetails": details,
		"publicationDetails": object{"publicationDate": day(today), "bodsVersion": "0.4", "publisher": object{"name": "A synthetic register"}},
	}
}

func (r Register) partyStatement(p Party) object {
	if p.Person {
		return statement(partyStatementID(p), p.ID, "person", object{
			"isComponent": false, "personType": "knownPerson",
			"names":         []object{{"type": "legal", "fullName": p.Name}},
			"nationalities": []object{{"code": p.Nationality}},
		})
	}
	var identifiers []object
	if p.LEI != "" {
		identifiers = append(identifiers, object{"scheme": "XI-LEI", "id": p.LEI})
	}
	if p.CompanyNumber != "" {
		identifiers = append(identifiers, object{"scheme": "GB-COH", "id": p.CompanyNumber})
	}
	return statement(partyStatementID(p), p.ID, "entity", object{
		"isComponent": false, "entityType": object{"type": "registeredEntity"}, "name": p.Name,
		"jurisdiction": object{"code": p.Incorporation}, "identifiers": identifiers,
		"addresses": []object{{"type": "business", "country": object{"code": p.Headquarters}}},
	})
}

func (r Register) relationshipStatement(record []Interest) object {
	var interests []object
	for _, i := range record {
		interest := object{"directOrIndirect": "direct", "startDate": day(i.Since)}
		if !i.Until.IsZero() {
			interest["endDate"] = day(i.Until)
		}
		switch i.Kind {
		case ownership.Shareholding:
			interest["type"] = "shareholding"
		case ownership.VotingRights:
			interest["type"] = "votingRights"
		default:
			interest["type"] = "appointmentOfBoard"
		}
		if i.Kind != ownership.Control {
			interest["share"] = share(i.Share)
		}
		interests = append(interests, interest)
	}
	id := r.statementID(record[0].Record)
	return statement(id, "r-"+id, "relationship", object{
		"isComponent": false,
		"subject":     r.Party(record[0].Subject).ID, "interestedParty": r.Party(record[0].Holder).ID,
		"interests": interests,
	})
}

// share is a share with numbers, as BODS has it.
func share(s ownership.ShareText) object {
	out := object{}
	for name, value := range map[string]string{
		"exact": s.Exact, "minimum": s.Minimum, "maximum": s.Maximum,
		"exclusiveMinimum": s.ExclusiveMinimum, "exclusiveMaximum": s.ExclusiveMaximum,
	} {
		if value != "" {
			out[name] = json.Number(value)
		}
	}
	return out
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
