package explain

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
)

// completionTimeout is how long a user waits for names after pressing Tab.
const completionTimeout = 3 * time.Second

// complete offers the names of tenants, parties and policies, from the
// manifests or the cluster that the rest of the line names.
func (o *options) complete(command *cobra.Command) {
	command.ValidArgsFunction = func(c *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		for word, resource := range map[string]string{"tenant/": "tenants", "entity/": "legalentities"} {
			if strings.HasPrefix(prefix, word) {
				return o.offer(c.Context(), resource, word, prefix), cobra.ShellCompDirectiveNoFileComp
			}
		}
		return []string{"tenant/", "entity/"}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	policies := func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return o.offer(c.Context(), "tenantpolicies", "", prefix), cobra.ShellCompDirectiveNoFileComp
	}
	if err := command.RegisterFlagCompletionFunc("policy", policies); err != nil {
		panic(err) // The flag has just been defined.
	}
}

// offer lists names that begin as the word does. An error offers nothing.
func (o *options) offer(ctx context.Context, resource, before, prefix string) []string {
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	names, err := o.names(ctx, resource)
	if err != nil {
		return nil // The command itself will tell, if the user runs it.
	}
	var offers []string
	for _, name := range names {
		if strings.HasPrefix(before+name, prefix) {
			offers = append(offers, before+name)
		}
	}
	return offers
}

func (o *options) names(ctx context.Context, resource string) ([]string, error) {
	if !o.Given() {
		client, err := o.client()
		if err != nil {
			return nil, err
		}
		return world.Names(ctx, client, resource)
	}
	if o.FromStdin() {
		return nil, errors.New("standard input is not read before the command runs")
	}
	manifests, err := o.Read(ctx, o.streams)
	if err != nil {
		return nil, err
	}
	switch resource {
	case "tenants":
		return manifests.TenantNames(), nil
	case "legalentities":
		return manifests.EntityNames(), nil
	default:
		return manifests.PolicyNames(), nil
	}
}
