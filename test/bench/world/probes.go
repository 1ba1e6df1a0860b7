package main

import (
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/filled"
)

// streamed is how many LegalEntities, and how many Tenants, the stream of changes goes
// round.
const streamed = 50

// probes are companies, tenants, and the namespaces bound to them, in which
// changes are seen.
func (o *options) probes() (objects []client.Object, namespaces map[string]string) {
	namespaces = map[string]string{}
	for name, seat := range map[string]v1alpha1.JurisdictionCode{
		"good": "SG", "bad": "CN", "changing": "SG", "seat-ir": "IR", "seat-by": "BY",
	} {
		objects = append(objects, filled.Company(name, seat))
	}
	for name, party := range map[string]v1alpha1.PartyReference{
		"innocent": filled.Named("good"), "by-entity": filled.Named("changing"), "by-tenant": filled.Named("good"), "by-exemption": filled.Named("bad"),
		"by-policy": filled.Named("seat-ir"), "by-new-policy": filled.Named("seat-by"), "by-status": filled.Named("good"),
		"by-register": {Identifier: &v1alpha1.Identifier{Scheme: "LEI", ID: filled.Newcomer(o.register()).LEI}},
	} {
		objects = append(objects, filled.TenantOf(name, party))
		namespaces[name] = name
	}
	for i := range streamed {
		name := streamName(i)
		objects = append(objects, filled.Company(name, "SG"), filled.TenantOf(name, filled.Named(name)))
	}
	return objects, namespaces
}

// seeds is how many Tenants are created by requests.
func (o *options) seeds() int { return min(filled.MaxSeeds, o.tenants[0]) }

func streamName(i int) string { return fmt.Sprintf("stream-%02d", i) }
