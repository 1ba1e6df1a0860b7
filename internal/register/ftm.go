package register

import (
	"fmt"

	"github.com/domicile-dev/domicile/internal/ownership"
)

const expectedFTM = "FollowTheMoney: one entity as a JSON object on each line"

// entity is an entity of FollowTheMoney. Every property is a list of texts.
type entity struct {
	ID         string     `json:"id"`
	Schema     string     `json:"schema"`
	Caption    string     `json:"caption"`
	Properties properties `json:"properties"`
}

// properties are those that matter here.
type properties struct {
	Name    texts `json:"name"`
	Country texts `json:"country"`

	Jurisdiction       texts `json:"jurisdiction"`
	MainCountry        texts `json:"mainCountry"`
	Nationality        texts `json:"nationality"`
	Citizenship        texts `json:"citizenship"`
	LEICode            texts `json:"leiCode"`
	RegistrationNumber texts `json:"registrationNumber"`
	INNCode            texts `json:"innCode"`
	OGRNCode           texts `json:"ogrnCode"`
	USCCode            texts `json:"uscCode"`

	Owner         texts `json:"owner"`
	Asset         texts `json:"asset"`
	Percentage    texts `json:"percentage"`
	OwnershipType texts `json:"ownershipType"`
	Role          texts `json:"role"`
	StartDate     texts `json:"startDate"`
	EndDate       texts `json:"endDate"`
}

// maxPairs bounds how many interests one ownership declares.
const maxPairs = 1000

type ftmReader struct {
	*tally
	sink *sink
	// shares remembers what percentages were read as: few are written in very
	// many ways.
	shares map[string]ownership.Share
}

func readFTM(open opener, files []File, t *tally, s *sink) error {
	r := &ftmReader{tally: t, sink: s, shares: map[string]ownership.Share{}}
	count := uint32(0)
	for n, f := range files {
		err := jsonFile[entity]{open, f, n, expectedFTM, decodeEntity, &count, r.read}.read()
		if err != nil {
			return err
		}
	}
	return nil
}

func decodeEntity(record []byte, _ uint32, e *entity) error { return decode(record, e) }

func (r *ftmReader) read(e *entity, err error, at place) error {
	r.records++
	at.record = e.ID
	switch {
	case err != nil:
		r.refuse(at, "%v", err)
	case e.ID == "" || e.Schema == "":
		r.refuse(at, "no id or no schema: not an entity of FollowTheMoney")
	case usable(e.ID) != nil:
		r.refuse(at, "%v", usable(e.ID))
	case e.Schema == "Ownership":
		return r.ownership(e, at)
	default:
		if p, ok := r.party(e, at); ok {
			return r.sink.party(p)
		}
	}
	return nil
}

// ownership declares what each owner has in each asset. Several percentages are
// several declarations of the same holding.
func (r *ftmReader) ownership(e *entity, at place) error {
	p := &e.Properties
	holdings := r.holdings(p, at)
	switch {
	case len(p.Owner) == 0 || len(p.Asset) == 0:
		r.refuse(at, "an Ownership without owner or asset")
		return nil
	case len(p.Owner)*len(p.Asset)*len(holdings) > maxPairs:
		r.refuse(at, "an Ownership of more than %d holdings", maxPairs)
		return nil
	}
	i := ownership.Interest{Source: "entity " + e.ID, Since: r.earliest(p.StartDate, at), Until: r.latest(p.EndDate, at)}
	for _, owner := range p.Owner {
		for _, asset := range p.Asset {
			if owner == "" || asset == "" || usable(owner, asset) != nil {
				r.remark(OtherRemark, at, "an owner or asset without an id that can be used: it is left out")
				continue
			}
			i.Holder, i.Subject = byKey(owner), byKey(asset)
			for _, h := range holdings {
				i.Kind, i.Share = h.kind, h.share
				if err := r.sink.interest(i); err != nil {
					return fmt.Errorf("entity %s: %w", quote(e.ID), err)
				}
			}
		}
	}
	return nil
}
