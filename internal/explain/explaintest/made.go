package explaintest

import (
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Named is a restricted party and its owner, made up without a graph, so that
// anything can stand in their names.
func Named(name, label, source string) residency.Decision {
	return decision(&residency.Cause{
		Label: "1" + label, Name: name, Source: source, Type: ownership.Company, Standing: residency.ByOwners,
		Identifiers: []ownership.Identifier{{Scheme: label, ID: name}},
		Seats:       []residency.Seat{{Basis: residency.Headquarters, Code: "SG"}},
		Tallies: []residency.Tally{{
			Owner: "2" + label, Lower: ownership.Whole, Upper: ownership.Whole, Definite: true, Possible: true,
			Holdings: []residency.Holding{{
				Holder: &residency.Cause{
					Label: "2" + label, Name: name, Source: source, Standing: residency.BySeat,
					Identifiers: []ownership.Identifier{{Scheme: label, ID: name}},
					Seats:       []residency.Seat{{Basis: residency.Headquarters, Code: "CN", Blocked: true}},
				},
				Share: ownership.Share{Lower: ownership.Whole, Upper: ownership.Whole}, Definite: true,
				Records: []ownership.Record{{Since: At.Add(-time.Hour), Source: source}},
			}},
		}},
	})
}

// Wide is a restricted party with so many owners, all of one name.
func Wide(owners int, name string) residency.Decision {
	t := residency.Tally{Lower: ownership.Whole, Upper: ownership.Whole, Definite: true, Possible: true}
	for i := range owners {
		t.Holdings = append(t.Holdings, residency.Holding{
			Holder:   &residency.Cause{Label: fmt.Sprintf("h%d", i), Name: name, Source: name, Standing: residency.BySeat},
			Share:    ownership.Share{Lower: 1, Upper: 1},
			Definite: true,
			Records:  []ownership.Record{{Source: name}},
		})
	}
	return decision(&residency.Cause{Label: "t", Name: name, Standing: residency.ByOwners, Tallies: []residency.Tally{t}})
}

func decision(c *residency.Cause) residency.Decision {
	return residency.Decision{
		Policy: "no-restricted-owners", Verdict: residency.Restricted, Reason: residency.RestrictedOwner,
		Rule:     ownership.Rule{Threshold: ownership.Whole / 2, Shareholding: true},
		Findings: []residency.Finding{{Verdict: residency.Restricted, Reason: residency.RestrictedOwner, Cause: c}},
	}
}
