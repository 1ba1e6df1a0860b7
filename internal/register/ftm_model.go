package register

import "github.com/domicile-dev/domicile/internal/ownership"

// use is what is made of the entities of a schema.
type use uint8

const (
	unused    use = iota
	asParty       // it can own or be owned
	asHolding     // the first end owns a part of the second
	asControl     // the first end controls the second
	asRole        // the first end has a role in the second
	asLink        // the two ends are linked, in whatever way its texts say
	asAddress     // it places those that refer to it
)

// schema is what is made of one schema of the model. docs/registers.md has them
// with the reasons.
type schema struct {
	use  use
	kind ownership.PartyType
	// from and to are the properties of the two ends of a link.
	from, to string
}

// schemata are those of the model of which something is made. Assets are parties
// that nobody sits behind: an ownership of a ship leads somewhere, but not on.
var schemata = map[string]schema{
	"Company":      {use: asParty, kind: ownership.Company},
	"Organization": {use: asParty, kind: ownership.Company},
	"Person":       {use: asParty, kind: ownership.Person},
	"PublicBody":   {use: asParty, kind: ownership.State},
	"LegalEntity":  {use: asParty},
	"Asset":        {use: asParty},
	"Vehicle":      {use: asParty},
	"Vessel":       {use: asParty},
	"Airplane":     {use: asParty},
	"RealEstate":   {use: asParty},
	"Security":     {use: asParty},
	"BankAccount":  {use: asParty},
	"Contract":     {use: asParty},
	"License":      {use: asParty},
	"CryptoWallet": {use: asParty},

	"Address": {use: asAddress},

	"Ownership":      {use: asHolding, from: "owner", to: "asset"},
	"Control":        {use: asControl, from: "controller", to: "controlled"},
	"Directorship":   {use: asRole, from: "director", to: "organization"},
	"Membership":     {use: asRole, from: "member", to: "organization"},
	"Employment":     {use: asRole, from: "employee", to: "employer"},
	"UnknownLink":    {use: asLink, from: "subject", to: "object"},
	"Succession":     {use: asLink, from: "predecessor", to: "successor"},
	"Representation": {use: asLink, from: "agent", to: "client"},
}

// unusedSchemata are all others of the model. What is in neither list is
// remarked upon: it may carry ownership.
var unusedSchemata = set(
	"Analyzable", "Article", "Associate", "Audio", "Call", "CallForTenders", "ContractAward", "CourtCase", "CourtCaseParty", "Debt",
	"Document", "Documentation", "EconomicActivity", "Email", "Event", "Family", "Folder", "HyperText", "Identification", "Image", "Interest",
	"Interval", "Mention", "Message", "Note", "Occupancy", "Package", "Page", "Pages", "Passport", "Payment", "PlainText", "Position",
	"Project", "ProjectParticipant", "Risk", "Sanction", "Similar", "Table", "TaxRoll", "Territory", "Thing", "Trip", "UserAccount", "Value",
	"Video", "Workbook",
)

func set(names ...string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, n := range names {
		all[n] = true
	}
	return all
}

// The properties that point from a party to another, besides the ends of links.
const (
	parentProperty  = "parent"
	ownerProperty   = "owner"  // of a Vehicle
	holderProperty  = "holder" // of a CryptoWallet
	issuerProperty  = "issuer" // of a Security
	addressProperty = "addressEntity"
	riskProperty    = "riskSource"
)

// reverses are the names under which the nested export has what points to an
// entity, and the properties that do.
var reverses = map[string]string{
	"ownershipOwner": "owner", "ownershipAsset": "asset", "controlledEntities": "controller", "controllingEntities": "controlled",
	"directorshipDirector": "director", "directorshipOrganization": "organization", "membershipMember": "member",
	"membershipOrganization": "organization", "employers": "employee", "employees": "employer", "unknownLinkTo": "subject",
	"unknownLinkFrom": "object", "successors": "predecessor", "predecessors": "successor", "agencyClient": "agent",
	"agentRepresentation": "client", "subsidiaries": parentProperty, "ownedVehicles": ownerProperty, "cryptoWallets": holderProperty,
	"securities": issuerProperty, "things": addressProperty,
}

// pointers are the names of all properties of which the ids are kept.
var pointers = func() map[string]string {
	all := map[string]string{}
	keep := func(name string) { all[name] = name }
	for _, name := range []string{parentProperty, ownerProperty, holderProperty, issuerProperty, addressProperty, riskProperty} {
		keep(name)
	}
	for _, s := range schemata {
		if s.from != "" {
			keep(s.from)
			keep(s.to)
		}
	}
	for name := range reverses {
		keep(name)
	}
	return all
}()
