package explain

import (
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

type jsonParty struct {
	Label         string           `json:"label"`
	Name          string           `json:"name,omitempty"`
	Type          string           `json:"type,omitempty"`
	Identifiers   []jsonIdentifier `json:"identifiers,omitempty"`
	Jurisdictions []jsonSeat       `json:"jurisdictions,omitempty"`
	Standing      string           `json:"standing"`
	Source        string           `json:"source,omitempty"`
	Tallies       []jsonTally      `json:"tallies,omitempty"`
	Others        []jsonHolding    `json:"others,omitempty"`
	Repeated      bool             `json:"repeated,omitempty"`
	LeftOut       int              `json:"leftOut,omitempty"`
}

type jsonIdentifier struct {
	Scheme string `json:"scheme"`
	ID     string `json:"id"`
}

type jsonSeat struct {
	Basis   string `json:"basis"`
	Code    string `json:"code,omitempty"`
	Blocked bool   `json:"blocked,omitempty"`
	// NotUnderstood is what was given in the place of a code.
	NotUnderstood string `json:"notUnderstood,omitempty"`
}

type jsonTally struct {
	Method       string        `json:"method,omitempty"`
	Kind         string        `json:"kind"`
	Country      string        `json:"country,omitempty"`
	Owner        string        `json:"owner,omitempty"`
	Lower        string        `json:"lower,omitempty"`
	Upper        string        `json:"upper,omitempty"`
	Undisclosed  string        `json:"undisclosed,omitempty"`
	Definite     bool          `json:"definite"`
	Possible     bool          `json:"possible"`
	EachHoldsAll bool          `json:"eachHoldsAll,omitempty"`
	Holdings     []jsonHolding `json:"holdings,omitempty"`
	LeftOut      int           `json:"leftOut,omitempty"`
}

type jsonHolding struct {
	Kind    string       `json:"kind"`
	Lower   string       `json:"lower,omitempty"`
	Upper   string       `json:"upper,omitempty"`
	Part    *jsonRange   `json:"part,omitempty"`
	Product *jsonRange   `json:"product,omitempty"`
	Counts  string       `json:"counts"`
	Adds    *jsonRange   `json:"adds,omitempty"`
	Records []jsonRecord `json:"records,omitempty"`
	LeftOut int          `json:"leftOut,omitempty"`
	Holder  *jsonParty   `json:"holder"`
}

type jsonRange struct {
	Lower string `json:"lower"`
	Upper string `json:"upper"`
}

type jsonRecord struct {
	Lower      string `json:"lower,omitempty"`
	Upper      string `json:"upper,omitempty"`
	Since      string `json:"since,omitempty"`
	Until      string `json:"until,omitempty"`
	Directness string `json:"directness,omitempty"`
	Class      string `json:"class,omitempty"`
	Joint      string `json:"joint,omitempty"`
	Source     string `json:"source,omitempty"`
}

// partyJSON is the tree below a party, by a policy's method.
func partyJSON(c *residency.Cause, method ownership.Method) *jsonParty {
	out := &jsonParty{
		Label: c.Label, Name: c.Name, Type: typeWord(c.Type),
		Standing: standingWord(c.Standing), Source: c.Source,
		Repeated: c.Repeated, LeftOut: c.LeftOut,
	}
	for _, id := range c.Identifiers {
		out.Identifiers = append(out.Identifiers, jsonIdentifier{Scheme: id.Scheme, ID: id.ID})
	}
	for _, seat := range c.Seats {
		out.Jurisdictions = append(out.Jurisdictions, jsonSeat{
			Basis: seat.Basis.String(), Code: string(seat.Code), Blocked: seat.Blocked,
		})
	}
	for _, u := range c.Unread {
		out.Jurisdictions = append(out.Jurisdictions, jsonSeat{Basis: u.Basis.String(), NotUnderstood: u.Text})
	}
	for _, t := range c.Tallies {
		out.Tallies = append(out.Tallies, tallyJSON(t, method))
	}
	for _, h := range c.Others {
		holding := holdingJSON(h, method)
		holding.Counts = "No"
		out.Others = append(out.Others, holding)
	}
	return out
}

func tallyJSON(t residency.Tally, method ownership.Method) jsonTally {
	out := jsonTally{
		Kind: kindWord(t.Kind), Country: string(t.Country), Owner: t.Owner,
		Definite: t.Definite, Possible: t.Possible, EachHoldsAll: t.EachHoldsAll, LeftOut: t.LeftOut,
	}
	if method != ownership.Cascade {
		out.Method = methodWord(t.Method)
	}
	if t.Kind != ownership.Control || t.Method == ownership.Effective {
		out.Lower, out.Upper = t.Lower.String(), t.Upper.String()
	}
	if t.Undisclosed > 0 {
		out.Undisclosed = t.Undisclosed.String()
	}
	for _, h := range t.Holdings {
		out.Holdings = append(out.Holdings, holdingJSON(h, method))
	}
	return out
}

func holdingJSON(h residency.Holding, method ownership.Method) jsonHolding {
	out := jsonHolding{
		Kind: kindWord(h.Kind), Counts: "Possibly",
		LeftOut: h.LeftOut, Holder: partyJSON(h.Holder, method),
	}
	if h.Definite {
		out.Counts = "Definitely"
	}
	if h.Kind != ownership.Control {
		out.Lower, out.Upper = h.Share.Lower.String(), h.Share.Upper.String()
	}
	if h.Part != (ownership.Share{}) {
		out.Part, out.Product = rangeJSON(h.Part), rangeJSON(h.Product)
	}
	if h.Adds != h.Share && h.Kind != ownership.Control {
		out.Adds = rangeJSON(h.Adds)
	}
	for _, r := range h.Records {
		record := jsonRecord{Since: day(r.Since), Until: day(r.Until), Source: r.Source, Directness: r.Directness.String(), Class: r.Class, Joint: r.Joint}
		if h.Kind != ownership.Control {
			record.Lower, record.Upper = r.Share.Lower.String(), r.Share.Upper.String()
		}
		out.Records = append(out.Records, record)
	}
	return out
}

func rangeJSON(s ownership.Share) *jsonRange {
	return &jsonRange{Lower: s.Lower.String(), Upper: s.Upper.String()}
}
