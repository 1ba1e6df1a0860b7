package translate

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
)

var partyTypes = names[v1alpha1.EntityType, ownership.PartyType]{
	v1alpha1.EntityCompany:     ownership.Company,
	v1alpha1.EntityPerson:      ownership.Person,
	v1alpha1.EntityState:       ownership.State,
	v1alpha1.EntityArrangement: ownership.Arrangement,
}

var interestKinds = names[v1alpha1.InterestKind, ownership.Kind]{
	v1alpha1.InterestShareholding: ownership.Shareholding,
	v1alpha1.InterestVotingRights: ownership.VotingRights,
	v1alpha1.InterestControl:      ownership.Control,
}

// LegalEntity compiles a LegalEntity. With errors what could be read is
// returned.
func LegalEntity(e *v1alpha1.LegalEntity) *CompiledEntity {
	c := entityCompiler{name: e.Name}
	path := field.NewPath("spec")
	party := ownership.Party{Key: EntityKey(e.Name), Name: e.Spec.DisplayName, Source: "LegalEntity " + e.Name}
	if e.Spec.DisplayName == "" {
		c.refuse(field.Required(path.Child("displayName"), "the registered name, as it appears in refusals"))
	}
	var err *field.Error
	party.Type, err = partyTypes.find(e.Spec.Type, path.Child("type"))
	c.refuse(err)
	for i, id := range e.Spec.Identifiers {
		out, errs := identifier(id, path.Child("identifiers").Index(i))
		c.refuse(errs...)
		party.Identifiers = append(party.Identifiers, out)
	}
	party.Jurisdictions = c.jurisdictions(e.Spec, path.Child("jurisdictions"))

	if len(e.Spec.Interests) > 0 && (party.Type == ownership.Person || party.Type == ownership.State) {
		c.refuse(field.Forbidden(path.Child("interests"), "nobody holds interests in a Person or a State"))
	}
	var interests []ownership.Interest
	for i, interest := range e.Spec.Interests {
		interests = append(interests, c.interest(i, interest, path.Child("interests").Index(i)))
	}
	return &CompiledEntity{
		Origin:      originOf("LegalEntity", &e.ObjectMeta, e.Spec, EntityReport(&e.Status), c.errs),
		Declaration: ownership.Declaration{Party: party, Interests: interests},
	}
}

type entityCompiler struct {
	name string
	errs field.ErrorList
}

func (c *entityCompiler) refuse(errs ...*field.Error) {
	for _, err := range errs {
		if err != nil {
			c.errs = append(c.errs, err)
		}
	}
}

func (c *entityCompiler) jurisdictions(spec v1alpha1.LegalEntitySpec, path *field.Path) ownership.Jurisdictions {
	j := spec.Jurisdictions
	if j == nil {
		j = &v1alpha1.EntityJurisdictions{}
	}
	if spec.Type == v1alpha1.EntityState && j.Incorporation == "" {
		c.refuse(field.Required(path.Child("incorporation"), "a State needs its own code here"))
	}
	if spec.Type == v1alpha1.EntityPerson {
		const detail = "a Person has neither incorporation nor headquarters; use nationality and residence"
		if j.Incorporation != "" {
			c.refuse(field.Forbidden(path.Child("incorporation"), detail))
		}
		if j.Headquarters != "" {
			c.refuse(field.Forbidden(path.Child("headquarters"), detail))
		}
	}
	if spec.Type != v1alpha1.EntityPerson && len(j.Nationality) > 0 {
		c.refuse(field.Forbidden(path.Child("nationality"), "only a Person has a nationality"))
	}
	return ownership.Jurisdictions{
		Incorporation: c.code(j.Incorporation, path.Child("incorporation")),
		Headquarters:  c.code(j.Headquarters, path.Child("headquarters")),
		Nationality:   c.codes(j.Nationality, path.Child("nationality")),
		Residence:     c.codes(j.Residence, path.Child("residence")),
	}
}

func (c *entityCompiler) code(text v1alpha1.JurisdictionCode, path *field.Path) jurisdiction.Code {
	if text == "" {
		return ""
	}
	code, err := jurisdiction.Parse(string(text))
	if err != nil {
		c.refuse(field.Invalid(path, text, err.Error()))
	}
	return code
}

func (c *entityCompiler) codes(texts []v1alpha1.JurisdictionCode, path *field.Path) []jurisdiction.Code {
	var codes []jurisdiction.Code
	for i, text := range texts {
		if text == "" {
			c.refuse(field.Required(path.Index(i), "must be an ISO 3166 code"))
			continue
		}
		codes = append(codes, c.code(text, path.Index(i)))
	}
	return codes
}

func (c *entityCompiler) interest(i int, in v1alpha1.Interest, path *field.Path) ownership.Interest {
	// A LegalEntity says who holds what itself: what is held through others
	// follows from their own LegalEntities.
	out := ownership.Interest{Subject: ownership.Ref{Key: EntityKey(c.name)}, Source: in.Source, Directness: ownership.Direct}
	if out.Source == "" {
		out.Source = fmt.Sprintf("LegalEntity %s, spec.interests[%d]", c.name, i)
	}
	var errs field.ErrorList
	out.Holder, errs = partyRef(in.Holder, path.Child("holder"))
	c.refuse(errs...)
	var err *field.Error
	out.Kind, err = interestKinds.find(in.Kind, path.Child("kind"))
	c.refuse(err)
	if in.Kind == v1alpha1.InterestControl && in.Share != nil {
		c.refuse(field.Forbidden(path.Child("share"), "an interest of kind Control has no share"))
	}
	if in.Kind == v1alpha1.InterestControl && in.Joint != "" {
		c.refuse(field.Forbidden(path.Child("joint"), "control by other means is not held jointly: each who has it counts with all of it"))
	}
	out.Joint = c.joint(in.Joint, path.Child("joint"))
	out.Share, err = share(in.Share, path.Child("share"))
	c.refuse(err)
	out.Since = c.date(in.Since, path.Child("since"))
	out.Until = c.date(in.Until, path.Child("until"))
	if !out.Since.IsZero() && !out.Until.IsZero() && !out.Since.Before(out.Until) {
		c.refuse(field.Invalid(path.Child("until"), in.Until,
			"must be after since: until is the first day on which the interest no longer holds"))
	}
	return out
}

// joint reads the name of a joint holding: a DNS label.
func (c *entityCompiler) joint(name string, path *field.Path) string {
	if name != "" && len(validation.IsDNS1123Label(name)) > 0 {
		c.refuse(field.Invalid(path, name, "must be at most 63 lower-case letters, digits and hyphens, such as family-trust"))
	}
	return name
}

func (c *entityCompiler) date(d v1alpha1.Date, path *field.Path) time.Time {
	if d == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		c.refuse(field.Invalid(path, d, "must be a calendar day such as 2026-07-01"))
	} else if t.IsZero() {
		t = t.Add(1) // the zero time is no limit, and this day is one
	}
	return t
}
