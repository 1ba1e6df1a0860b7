package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/translate"
)

// target is what is to be explained: a tenant or a party.
type target struct {
	tenant string // "" if it is a party
	entity string // "" if the party is named by identifier
	party  ownership.Ref
}

var (
	tenantWords = []string{"tenant", "tenants", "ten"}
	entityWords = []string{"entity", "legalentity", "legalentities", "le"}
)

// parseTarget reads TYPE/NAME, TYPE NAME or SCHEME:ID.
func parseTarget(args []string) (target, error) {
	word, name, found := strings.Cut(args[0], "/")
	if len(args) == 2 && !found {
		word, name, found = args[0], args[1], true
	} else if len(args) == 2 {
		return target{}, fmt.Errorf("one tenant or party at a time, not %s and %s", args[0], args[1])
	}
	kind := strings.TrimSuffix(strings.ToLower(word), "."+v1alpha1.Group)
	switch {
	case found && name != "" && slices.Contains(tenantWords, kind):
		return target{tenant: name}, nil
	case found && name != "" && slices.Contains(entityWords, kind):
		return target{entity: name, party: ownership.Ref{Key: translate.EntityKey(name)}}, nil
	}
	if list, id, found := strings.Cut(args[0], ":"); found && len(args) == 1 && ownership.IsScheme(list) && id != "" {
		return target{party: ownership.Ref{Identifier: ownership.Identifier{Scheme: list, ID: id}}}, nil
	}
	return target{}, fmt.Errorf("%q is none of tenant/NAME, entity/NAME and SCHEME:ID (as in LEI:00LANTERNGROUP000060)", strings.Join(args, " "))
}
