package register

import (
	"fmt"
	"strings"
)

// gleifKind is which of the three files of the golden copy a record is of.
type gleifKind uint8

const (
	unknownKind gleifKind = iota
	level1
	level2
	exceptions
	severalKinds // which no record has
)

// gleifText is a text of a record that is there once at most.
type gleifText uint8

const (
	leiText gleifText = iota
	nameText
	legalJurisdiction
	legalCountry
	headCountry
	headRegion
	category
	entityStatus
	authority
	authorityNumber
	associatedType
	associatedLEI
	registrationStatus
	startNode
	endNode
	relationshipType
	relationshipStatus
	exceptionCategory
	gleifTexts
	// What may be there several times.
	periodItself
	periodType
	periodStart
	periodEnd
	successorLEI
	successorName
	exceptionReason
	nothingRead
)

// gleifPaths are the elements that are read, as they lie in each other in XML and
// JSON. The columns of the CSV have the same names, but for those that columnOf
// has.
var gleifPaths = map[string]gleifText{
	"LEI":                                leiText,
	"Entity.LegalName":                   nameText,
	"Entity.LegalJurisdiction":           legalJurisdiction,
	"Entity.LegalAddress.Country":        legalCountry,
	"Entity.HeadquartersAddress.Country": headCountry,
	"Entity.HeadquartersAddress.Region":  headRegion,
	"Entity.EntityCategory":              category,
	"Entity.EntityStatus":                entityStatus,
	"Entity.RegistrationAuthority.RegistrationAuthorityID":           authority,
	"Entity.RegistrationAuthority.RegistrationAuthorityEntityID":     authorityNumber,
	"Entity.AssociatedEntity.type":                                   associatedType,
	"Entity.AssociatedEntity.AssociatedLEI":                          associatedLEI,
	"Entity.SuccessorEntity.SuccessorLEI":                            successorLEI,
	"Entity.SuccessorEntity.SuccessorEntityName":                     successorName,
	"Registration.RegistrationStatus":                                registrationStatus,
	"Relationship.StartNode.NodeID":                                  startNode,
	"Relationship.EndNode.NodeID":                                    endNode,
	"Relationship.RelationshipType":                                  relationshipType,
	"Relationship.RelationshipStatus":                                relationshipStatus,
	"Relationship.RelationshipPeriods.RelationshipPeriod":            periodItself,
	"Relationship.RelationshipPeriods.RelationshipPeriod.PeriodType": periodType,
	"Relationship.RelationshipPeriods.RelationshipPeriod.StartDate":  periodStart,
	"Relationship.RelationshipPeriods.RelationshipPeriod.EndDate":    periodEnd,
	"ExceptionCategory":                                              exceptionCategory,
	"ExceptionReason":                                                exceptionReason,
}

// gleifRecord is what is read of a record, as text without blanks around it.
type gleifRecord struct {
	kind       gleifKind
	text       [gleifTexts]string
	periods    []gleifPeriod
	reasons    []string
	successors []string // LEIs
	// unnamed says that there is a successor without an LEI.
	unnamed bool
	// wrong says why the record cannot be used.
	wrong error
}

type gleifPeriod struct{ kind, start, end string }

// maxRepeated bounds how often what may be repeated is.
const maxRepeated = 1000

// begin notes that an element begins.
func (r *gleifRecord) begin(what gleifText) {
	switch {
	case what != periodItself:
	case len(r.periods) == maxRepeated:
		r.wrong = fmt.Errorf("more than %d periods", maxRepeated)
	default:
		r.periods = append(r.periods, gleifPeriod{})
	}
}

// set puts a text down.
func (r *gleifRecord) set(what gleifText, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	var period gleifPeriod
	in := &period
	if n := len(r.periods); n > 0 {
		in = &r.periods[n-1]
	}
	switch what {
	case successorLEI:
		r.add(&r.successors, text)
	case successorName:
		r.unnamed = true
	case exceptionReason:
		r.add(&r.reasons, text)
	case periodType:
		r.put(&in.kind, text)
	case periodStart:
		r.put(&in.start, text)
	case periodEnd:
		r.put(&in.end, text)
	default:
		if what < gleifTexts {
			r.put(&r.text[what], text)
		}
	}
}

func (r *gleifRecord) put(into *string, text string) {
	if *into != "" {
		r.wrong = fmt.Errorf("%s and %s for what can only be one", quote(*into), quote(text))
		return
	}
	*into = text
}

func (r *gleifRecord) add(into *[]string, text string) {
	if len(*into) == maxRepeated {
		r.wrong = fmt.Errorf("more than %d of one kind", maxRepeated)
		return
	}
	*into = append(*into, text)
}

// code is a text that is a code, in upper case.
func (r *gleifRecord) code(what gleifText) string { return strings.ToUpper(r.text[what]) }

// clear makes the record empty. It keeps what is allocated.
func (r *gleifRecord) clear() {
	*r = gleifRecord{periods: r.periods[:0], reasons: r.reasons[:0], successors: r.successors[:0]}
}

// element is an element of XML or JSON that is read, or that has such in it.
type element struct {
	what gleifText
	in   map[string]*element
}

// gleifElements has those of a record of any kind.
var gleifElements = func() *element {
	root := &element{what: nothingRead, in: map[string]*element{}}
	for path, what := range gleifPaths {
		e := root
		for name := range strings.SplitSeq(path, ".") {
			next := e.in[name]
			if next == nil {
				next = &element{what: nothingRead, in: map[string]*element{}}
				e.in[name] = next
			}
			e = next
		}
		e.what = what
	}
	return root
}()

// find is an element by its name, nil if it is not read.
func (e *element) find(name string) *element {
	if e == nil {
		return nil
	}
	return e.in[name]
}
