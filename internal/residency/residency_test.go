package residency_test

import (
	"testing"
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

var noon = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// newPolicy blocks CN and RU by majority, with the API's defaults.
func newPolicy(t testing.TB, changes ...func(*residency.Policy)) *residency.Policy {
	t.Helper()
	set, err := jurisdiction.NewSet([]jurisdiction.Code{"CN", "RU"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &residency.Policy{
		Name:          "blocked",
		Jurisdictions: set,
		Bases:         [4]bool{true, true, true, true},
		Roles:         [4]bool{true, true, true, true},
		Rule: ownership.Rule{
			Threshold: ownership.Whole / 2, Shareholding: true, VotingRights: true, ControlRestricts: true,
		},
		Restricted: residency.Deny, Indeterminate: residency.Warn, Unidentified: residency.Audit,
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

// newTenant has a customer for each party.
func newTenant(name string, parties ...string) *residency.Tenant {
	t := &residency.Tenant{Name: name, Admits: func(*residency.Namespace) bool { return true }}
	for _, party := range parties {
		t.Links = append(t.Links, residency.Link{Party: ownership.Ref{Key: party}})
	}
	return t
}
