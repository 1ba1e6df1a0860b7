package synthetic

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteGLEIF writes a register of the shape Consolidation as the three files of
// a golden copy: level 1 (who is who), level 2 relationship records (who
// consolidates whom) and reporting exceptions (why there is no parent). Any of
// them may be nil. The files have the columns that matter, not all three hundred.
func (r Register) WriteGLEIF(level1, relationships, exceptions io.Writer) error {
	if r.Shape != Consolidation {
		return fmt.Errorf("only a register of companies that consolidate each other can be written as GLEIF")
	}
	if err := r.writeLevel1(level1); err != nil {
		return err
	}
	if err := r.writeRelationships(relationships); err != nil {
		return err
	}
	return r.writeExceptions(exceptions)
}

func (r Register) writeLevel1(w io.Writer) error {
	t := newTable(w, "LEI", "Entity.LegalName", "Entity.LegalName.xmllang", "Entity.LegalAddress.FirstAddressLine", "Entity.LegalAddress.City",
		"Entity.LegalAddress.Region", "Entity.LegalAddress.Country", "Entity.LegalAddress.PostalCode",
		"Entity.HeadquartersAddress.FirstAddressLine", "Entity.HeadquartersAddress.City",
		"Entity.HeadquartersAddress.Region", "Entity.HeadquartersAddress.Country", "Entity.HeadquartersAddress.PostalCode",
		"Entity.RegistrationAuthority.RegistrationAuthorityID", "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
		"Entity.LegalJurisdiction", "Entity.EntityCategory", "Entity.LegalForm.EntityLegalFormCode", "Entity.EntityStatus",
		"Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus", "Registration.ManagingLOU")
	for p := range r.AllParties() {
		t.row(p.LEI, p.Name, "en", "1 High Street", "Anytown", "", p.Incorporation, "", "1 High Street", "Anytown", "", p.Headquarters, "",
			"RA999999", "", p.Incorporation, "GENERAL", "8888", "ACTIVE", "2016-06-30T00:00:00Z", "2026-06-30T00:00:00Z", "ISSUED", p.LEI)
	}
	return t.flush()
}

func (r Register) writeRelationships(w io.Writer) error {
	t := newTable(w, "Relationship.StartNode.NodeID", "Relationship.StartNode.NodeIDType", "Relationship.EndNode.NodeID",
		"Relationship.EndNode.NodeIDType", "Relationship.RelationshipType", "Relationship.RelationshipStatus",
		"Relationship.Period.1.startDate", "Relationship.Period.1.endDate", "Relationship.Period.1.periodType",
		"Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus")
	for i := range r.AllInterests() {
		kind, status := "IS_DIRECTLY_CONSOLIDATED_BY", "ACTIVE"
		if i.Ultimate {
			kind = "IS_ULTIMATELY_CONSOLIDATED_BY"
		}
		if !i.Until.IsZero() {
			status = "INACTIVE"
		}
		t.row(r.Party(i.Subject).LEI, "LEI", r.Party(i.Holder).LEI, "LEI", kind, status, instant(i.Since), instant(lastDay(i)), "RELATIONSHIP_PERIOD",
			instant(i.Since), instant(today), "PUBLISHED")
	}
	return t.flush()
}

// writeExceptions says of one company in three why it has no parent.
func (r Register) writeExceptions(w io.Writer) error {
	t := newTable(w, "LEI", "Exception.Category", "Exception.Reason.1", "Exception.Reference.1")
	reasons := []string{"NO_KNOWN_PERSON", "NATURAL_PERSONS", "NON_CONSOLIDATING", "NO_LEI", "NON_PUBLIC"}
	for p := range r.AllParties() {
		if p.Index%3 == 0 {
			t.row(p.LEI, "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT", reasons[p.Index/3%len(reasons)], "")
		}
	}
	return t.flush()
}

// lastDay is what GLEIF has as an end: the last day on which it still holds.
func lastDay(i Interest) time.Time {
	if i.Until.IsZero() {
		return i.Until
	}
	return i.Until.AddDate(0, 0, -1)
}

// instant is a day as GLEIF writes it, or "".
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// table writes CSV with every value in quotes, as GLEIF does. A nil writer gets
// nothing.
type table struct {
	out *bufio.Writer
	err error
}

func newTable(w io.Writer, header ...string) *table {
	t := &table{}
	if w != nil {
		t.out = bufio.NewWriterSize(w, 1<<16)
		t.row(header...)
	}
	return t
}

func (t *table) row(values ...string) {
	if t.out == nil || t.err != nil {
		return
	}
	for n, v := range values {
		if n > 0 {
			t.write(",")
		}
		t.write(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
	}
	t.write("\n")
}

func (t *table) write(s string) {
	if _, err := t.out.WriteString(s); err != nil {
		t.err = err
	}
}

func (t *table) flush() error {
	if t.out == nil || t.err != nil {
		return t.err
	}
	return t.out.Flush()
}
