package main

import (
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/internal/residency"
)

// at is the instant that everything is asked about.
var at = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// entities is how many LegalEntities a cluster has on top of its registers.
const entities = 1000

// rule is the default rule.
func rule() ownership.Rule {
	return ownership.Rule{Threshold: ownership.Whole / 2, Shareholding: true, VotingRights: true, ControlRestricts: true}
}

// policy blocks what the synthetic seeds sit in.
func policy() (*residency.Policy, error) {
	var blocked []jurisdiction.Code
	for _, code := range synthetic.Blocked {
		blocked = append(blocked, jurisdiction.Code(code))
	}
	set, err := jurisdiction.NewSet(blocked, nil)
	if err != nil {
		return nil, err
	}
	return &residency.Policy{
		Name: "bench", Jurisdictions: set, Rule: rule(),
		Bases: [4]bool{true, true, true, true}, Roles: [4]bool{true, true, true, true},
		Indeterminate: residency.Warn, Unidentified: residency.Audit,
	}, nil
}

// tenants are as many as there are entities: each is one LegalEntity.
func tenants() []*residency.Tenant {
	list := make([]*residency.Tenant, entities)
	for n := range list {
		list[n] = &residency.Tenant{
			Name:  fmt.Sprintf("tenant-%d", n),
			Links: []residency.Link{{Role: residency.Customer, Party: ownership.Ref{Key: entityKey(n)}}},
		}
	}
	return list
}

func entityKey(n int) string { return fmt.Sprintf("entity/tenant-%d", n) }

// top are the LegalEntities, each held by two companies of the register; one of
// them has another share from one version to the next.
func top(r synthetic.Register, version int) *ownership.Layer {
	var b ownership.Builder
	for n := range entities {
		b.AddParty(ownership.Party{
			Key: entityKey(n), Name: fmt.Sprintf("Tenant %d Limited", n), Type: ownership.Company, Source: "LegalEntity tenant",
			Jurisdictions: ownership.Jurisdictions{Incorporation: "GB"},
		})
		for k := range 2 {
			share := ownership.Percent(30+k*25) * (ownership.Whole / 100)
			if n == version%entities {
				share += ownership.Percent(version % 10)
			}
			holder := r.Party((n*7919 + k*104729) % r.Parties)
			id := ownership.Identifier{Scheme: "LEI", ID: holder.LEI}
			if id.ID == "" {
				id = ownership.Identifier{Scheme: ownership.RegisterScheme("bench"), ID: holder.ID}
			}
			b.AddInterest(ownership.Interest{
				Holder:  ownership.Ref{Identifier: id},
				Subject: ownership.Ref{Key: entityKey(n)},
				Share:   ownership.Share{Lower: share, Upper: share}, Source: "LegalEntity tenant",
			})
		}
	}
	return b.Layer()
}

// start are the seeds as a policy finds them.
func start(g *ownership.Graph) ownership.Start {
	var s ownership.Start
	for n := range ownership.Node(g.Len()) {
		j := g.Party(n).Jurisdictions
		codes := append([]jurisdiction.Code{j.Headquarters, j.Incorporation}, j.Nationality...)
		known := false
		for _, code := range codes {
			known = known || code != ""
			for _, blocked := range synthetic.Blocked {
				if string(code) == blocked {
					s.Seeds = append(s.Seeds, ownership.Seed{Node: n, Countries: []jurisdiction.Code{code}})
				}
			}
		}
		if !known {
			s.Unknown = append(s.Unknown, n)
		}
	}
	return s
}
