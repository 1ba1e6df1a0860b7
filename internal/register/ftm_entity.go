package register

import (
	"bytes"
	"hash/maphash"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// entity is an entity of FollowTheMoney. Every property is a list of texts; in
// the nested export, of entities.
type entity struct {
	ID         string     `json:"id"`
	Schema     string     `json:"schema"`
	Caption    string     `json:"caption"`
	Referents  texts      `json:"referents"`
	Properties properties `json:"properties"`
	// Prop and Op are those of a statement and of a change, which are no entities.
	Prop scalar `json:"prop"`
	Op   scalar `json:"op"`
	// within says that it stands in another.
	within bool
	// wrapped are the entities in a record that is none itself, and broken is why
	// one of those cannot be read.
	wrapped []*entity
	broken  error
}

// properties are those that matter here.
type properties struct {
	Name                                                              texts
	Country, Jurisdiction, MainCountry, Nationality, Citizenship      texts
	LEICode, RegistrationNumber, INNCode, OGRNCode, USCCode           texts
	Percentage, OwnershipType, SharesType, ControlType, Role, Summary texts
	Description, StartDate, EndDate, Topics                           texts

	refs   []entityRef
	nested []nestedEntity
	// unread are names that the model does not have and that speak of ownership.
	unread []string
	tooDeep,
	given bool
	// sum is the same for the same values in whatever order.
	sum uint64
}

// entityRef is the id of another entity in a property.
type entityRef struct{ property, id string }

// nestedEntity is another entity in a property.
type nestedEntity struct {
	property string
	entity   *entity
}

// ids are those in a property.
func (p *properties) ids(property string) texts {
	var all texts
	for _, r := range p.refs {
		if r.property == property {
			all = append(all, r.id)
		}
	}
	return all
}

// refer adds an id to a property, once.
func (p *properties) refer(property, id string) {
	r := entityRef{property, id}
	for _, s := range p.refs {
		if s == r {
			return
		}
	}
	p.refs = append(p.refs, r)
	p.sum += sumOf(maphash.String(seed, property), id)
}

// sumOf is what a value adds to the sum of an entity, by the sum of the property's
// name.
func sumOf(name uint64, value string) uint64 { return name * (maphash.String(seed, value) | 1) }

// list is where the texts of a property are kept.
func (p *properties) list(name []byte) *texts {
	switch string(name) {
	case "name":
		return &p.Name
	case "country":
		return &p.Country
	case "jurisdiction":
		return &p.Jurisdiction
	case "mainCountry":
		return &p.MainCountry
	case "nationality":
		return &p.Nationality
	case "citizenship":
		return &p.Citizenship
	case "leiCode":
		return &p.LEICode
	case "registrationNumber":
		return &p.RegistrationNumber
	case "innCode":
		return &p.INNCode
	case "ogrnCode":
		return &p.OGRNCode
	case "uscCode":
		return &p.USCCode
	case "percentage":
		return &p.Percentage
	case "ownershipType":
		return &p.OwnershipType
	case "sharesType":
		return &p.SharesType
	case "controlType":
		return &p.ControlType
	case "role":
		return &p.Role
	case "summary":
		return &p.Summary
	case "description":
		return &p.Description
	case "startDate":
		return &p.StartDate
	case "endDate":
		return &p.EndDate
	case "topics":
		return &p.Topics
	default:
		return nil
	}
}

// maxEntityDepth bounds how deep JSON is looked into: three levels for each entity
// within another.
const maxEntityDepth = 100

// UnmarshalJSONFrom reads the properties that matter, and looks into all others
// for entities.
func (p *properties) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == 'n' {
		return d.SkipValue()
	}
	if d.PeekKind() != '{' {
		return &json.SemanticError{JSONKind: d.PeekKind()}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		p.given = true
		name := raw[1 : len(raw)-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			if name, err = jsontext.AppendUnquote(nil, raw); err != nil {
				return err
			}
		}
		r := propertyReader{p: p, to: p.list(name), pointer: pointers[string(name)], sum: maphash.Bytes(seed, name)}
		if r.to == nil && r.pointer == "" && speaksOfOwnership(name) {
			p.unread = append(p.unread, string(name))
		}
		if err := r.all(d); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// seed is that of the sums of this process.
var seed = maphash.MakeSeed()

// propertyReader reads one property into a list of texts, or as references, or
// only for the entities in it.
type propertyReader struct {
	p       *properties
	to      *texts
	pointer string
	sum     uint64
}

func (r *propertyReader) all(d *jsontext.Decoder) error {
	if d.PeekKind() != '[' {
		return r.one(d)
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := r.one(d); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (r *propertyReader) one(d *jsontext.Decoder) error {
	if d.PeekKind() == '{' {
		return r.nested(d)
	}
	if r.to == nil && r.pointer == "" {
		return d.SkipValue()
	}
	s, err := readScalar(d)
	if err != nil || s == "" {
		return err
	}
	r.add(s)
	return nil
}

func (r *propertyReader) add(s string) {
	if _, back := reverses[r.pointer]; !back {
		r.p.sum += sumOf(r.sum, s)
	}
	if r.to != nil {
		*r.to = append(*r.to, s)
	}
	if r.pointer != "" {
		r.p.refs = append(r.p.refs, entityRef{r.pointer, s})
	}
}

func (r *propertyReader) nested(d *jsontext.Decoder) error {
	if d.StackDepth() > maxEntityDepth {
		r.p.tooDeep = true
		return d.SkipValue()
	}
	e := &entity{within: true}
	if err := json.UnmarshalDecode(d, e); err != nil {
		return err
	}
	if r.to != nil || r.pointer != "" {
		r.add(e.ID)
	}
	if e.Schema != "" && e.Properties.given {
		r.p.nested = append(r.p.nested, nestedEntity{r.pointer, e})
	}
	return nil
}

func decodeEntity(record []byte, _ uint32, e *entity) error {
	if err := decode(record, e); err != nil || e.ID != "" || e.Schema != "" || e.Op != "" {
		return err
	}
	e.wrapped = unwrap(record, 0)
	return nil
}

// maxWrapping bounds how deep entities may be wrapped.
const maxWrapping = 8

// unwrap finds the entities in lists and objects around them, as the answers of an
// API have them.
func unwrap(raw jsontext.Value, depth int) []*entity {
	var found []*entity
	switch kind := raw.Kind(); {
	case depth > maxWrapping:
	case kind == '[':
		var elements []jsontext.Value
		if json.Unmarshal(raw, &elements) == nil {
			for _, element := range elements {
				found = append(found, unwrap(element, depth+1)...)
			}
		}
	case kind == '{':
		var sample struct {
			Schema scalar `json:"schema"`
		}
		if json.Unmarshal(raw, &sample) == nil && sample.Schema != "" {
			e := &entity{}
			e.broken = decode(raw, e)
			return []*entity{e}
		}
		var members map[string]jsontext.Value
		if json.Unmarshal(raw, &members) == nil {
			for _, name := range slices.Sorted(maps.Keys(members)) {
				found = append(found, unwrap(members[name], depth+1)...)
			}
		}
	}
	return found
}
