package register

import "fmt"

const expectedFTM = "FollowTheMoney: one entity as a JSON object on each line, " +
	"such as entities.ftm.json or targets.nested.json of OpenSanctions, and not one of its CSV files"

// maxPairs bounds how many interests one entity declares.
const maxPairs = 1000

type ftmReader struct {
	*tally
	sink *sink
	// shares and roles remember what texts were read as: few are written in very
	// many ways.
	shares map[string]holding
	roles  map[string]role
	// sightings are the entities that were read.
	sightings sightings
	// told are interests of which the record says how they are held.
	told []told
	// places and placed are addresses, and who is there.
	places map[string][]string
	placed []placed
}

func readFTM(open opener, files []File, t *tally, s *sink) error {
	r := &ftmReader{tally: t, sink: s, shares: map[string]holding{}, roles: map[string]role{}, places: map[string][]string{}}
	count := uint32(0)
	for n, f := range files {
		err := jsonFile[entity]{open, f, n, expectedFTM, decodeEntity, &count, r.record}.read()
		if err != nil {
			return err
		}
	}
	if err := r.tell(); err != nil {
		return err
	}
	return r.place()
}

// record reads what stands in one place of a file: an entity, or several in
// something around them.
func (r *ftmReader) record(e *entity, err error, at place) error {
	if err == nil && len(e.wrapped) > 0 {
		for _, one := range e.wrapped {
			if err := r.entity(one, one.broken, at); err != nil {
				return err
			}
		}
		return nil
	}
	return r.entity(e, err, at)
}

// entity reads an entity, and those in its properties.
func (r *ftmReader) entity(e *entity, err error, at place) error {
	r.records++
	at.record = e.ID
	switch {
	case err != nil:
		r.refuse(at, "%v", err)
	case e.Op != "":
		r.refuse(at, "a change to an entity: read the whole data, such as entities.ftm.json, and not entities.delta.json")
	case e.ID == "" || e.Schema == "":
		r.refuse(at, "no id or no schema: not an entity of FollowTheMoney")
	case e.Prop != "" && !e.Properties.given:
		r.refuse(at, "a statement of one property: read whole entities, such as entities.ftm.json, and not statements")
	case usable(e.ID) != nil:
		r.refuse(at, "%v", usable(e.ID))
	default:
		if err := r.use(e, at); err != nil {
			return fmt.Errorf("entity %s: %w", quote(e.ID), err)
		}
		return r.nested(e, at)
	}
	return nil
}

// use makes something of an entity.
func (r *ftmReader) use(e *entity, at place) error {
	same, err := r.sighted(e, at)
	if err != nil || same && schemata[e.Schema].use != asParty {
		return err
	}
	r.unread(e, at)
	r.alias(e, at)
	switch s := schemata[e.Schema]; s.use {
	case asParty:
		if err := r.party(e, s.kind, at); err != nil {
			return err
		}
		return r.pointed(e, s.kind, at)
	case asAddress:
		return r.address(e)
	case unused:
		return nil
	default:
		return r.link(e, s, at)
	}
}

// maxReferents bounds under how many former ids an entity is known.
const maxReferents = 10_000

// alias says that the former ids of an entity are its own: others may still refer
// to it by one.
func (r *ftmReader) alias(e *entity, at place) {
	if schemata[e.Schema].use != asParty {
		return
	}
	if len(e.Referents) > maxReferents {
		r.remark(OtherRemark, at, "of %d referents only %d are read", len(e.Referents), maxReferents)
	}
	for _, id := range e.Referents[:min(len(e.Referents), maxReferents)] {
		switch {
		case id == e.ID:
		case usable(id) != nil:
			r.remark(InvalidIdentifier, at, "the referent %s is no id that can be used: it is left out", quote(id))
		default:
			r.sink.builder.AddAlias(e.ID, id)
		}
	}
}

// nested reads the entities in the properties of one. What points to it is named
// by the property that would lead back, and may leave it out itself.
func (r *ftmReader) nested(e *entity, at place) error {
	for _, n := range e.Properties.nested {
		if property, ok := reverses[n.property]; ok {
			n.entity.Properties.refer(property, e.ID)
		}
		if err := r.entity(n.entity, nil, at); err != nil {
			return err
		}
	}
	return nil
}

// unread remarks on what may carry ownership and is not read.
func (r *ftmReader) unread(e *entity, at place) {
	p := &e.Properties
	if _, ok := schemata[e.Schema]; !ok && !unusedSchemata[e.Schema] {
		r.remark(UnreadProperty, at, "the schema %s is not known: nothing is read of it", quote(e.Schema))
	}
	for _, name := range p.unread {
		r.remark(UnreadProperty, at, "the property %s is not known: it is not read", quote(name))
	}
	if p.tooDeep {
		r.remark(UnreadProperty, at, "entities are nested too deep in it: those within are not read")
	}
	if len(p.ids(riskProperty)) > 0 {
		r.remark(UnreadProperty, at, "riskSource says that it may be owned by another, and not how: it is not read")
	}
	for _, topic := range p.Topics {
		if topic == "gov.soe" {
			r.remark(UnreadProperty, at, "the topic gov.soe says that a state owns it, and not which: it is not read")
		}
	}
	for _, ref := range p.refs {
		if ownedBack[ref.property] && !p.isNested(ref) {
			r.remark(UnreadProperty, at, "%s names %s, which counts only where it stands in full", ref.property, quote(ref.id))
		}
	}
}

// ownedBack are the properties that lead back to what carries ownership.
var ownedBack = set("ownershipOwner", "ownershipAsset", "controlledEntities", "controllingEntities")

// isNested says whether what a reference names stands in full in its place.
func (p *properties) isNested(ref entityRef) bool {
	for _, n := range p.nested {
		if n.property == ref.property && n.entity.ID == ref.id {
			return true
		}
	}
	return false
}
