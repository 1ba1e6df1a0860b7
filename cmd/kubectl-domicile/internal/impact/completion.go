package impact

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
)

// completionTimeout is how long a user waits for names after pressing Tab.
const completionTimeout = 3 * time.Second

// complete offers the policies, and what there is to delete.
func (o *options) complete(command *cobra.Command) {
	policies := func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return o.offer(c.Context(), "TenantPolicy", "", prefix), cobra.ShellCompDirectiveNoFileComp
	}
	objects := func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		word, _, named := strings.Cut(prefix, "/")
		if ref, err := world.ParseRef(word + "/x"); named && err == nil {
			return o.offer(c.Context(), ref.Kind, word+"/", prefix), cobra.ShellCompDirectiveNoFileComp
		}
		var kinds []string
		for _, kind := range world.Kinds() {
			kinds = append(kinds, kind+"/")
		}
		return kinds, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	for flag, complete := range map[string]cobra.CompletionFunc{"policy": policies, "delete": objects} {
		if err := command.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // The flag has just been defined.
		}
	}
}

// offer lists names that begin as the word does. An error offers nothing: the
// command itself will tell, if the user runs it.
func (o *options) offer(ctx context.Context, kind, before, prefix string) []string {
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	names := o.names(ctx, kind)
	if kind == "TenantPolicy" && before == "" && o.Given() && !o.FromStdin() {
		if c, err := o.change(ctx); err == nil {
			names = append(names, c.Names(kind)...)
		}
	}
	slices.Sort(names)
	var offers []string
	for _, name := range slices.Compact(names) {
		if strings.HasPrefix(before+name, prefix) {
			offers = append(offers, before+name)
		}
	}
	return offers
}

// names lists what is live.
func (o *options) names(ctx context.Context, kind string) []string {
	if o.against.Given() {
		if o.against.FromStdin() {
			return nil // not read before the command runs
		}
		manifests, err := o.against.Read(ctx, o.streams)
		if err != nil {
			return nil
		}
		return manifests.Names(kind)
	}
	config, err := o.cluster.ToRESTConfig()
	if err != nil {
		return nil
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil
	}
	names, err := world.Names(ctx, client, world.ResourceOf(kind))
	if err != nil {
		return nil
	}
	return names
}
