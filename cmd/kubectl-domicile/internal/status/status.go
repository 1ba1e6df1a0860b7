// Package status compares what the plugin answers with what the cluster itself
// has written into the status of Tenants. The two differ when the plugin reads
// other data than the managers do, for example since files are mounted there.
package status

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/terminal"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Own are the cluster's own verdicts about a tenant.
type Own struct {
	// Tenant is the tenant's name.
	Tenant string
	// Verdicts are one for each policy, the gravest first; none if the cluster
	// has not decided yet.
	Verdicts []v1alpha1.TenantVerdict
	// Stale says that they are about an older version of the Tenant.
	Stale bool
}

// Of reads the status of a Tenant.
func Of(t *v1alpha1.Tenant) Own {
	return Own{Tenant: t.Name, Verdicts: t.Status.Verdicts, Stale: t.Status.ObservedGeneration != t.Generation}
}

// Only leaves one policy; "" leaves all.
func (o Own) Only(policy string) Own {
	if policy != "" {
		o.Verdicts = slices.DeleteFunc(slices.Clone(o.Verdicts), func(v v1alpha1.TenantVerdict) bool { return v.Policy != policy })
	}
	return o
}

// Write writes the verdicts for people, and nothing if there are none.
func (o Own) Write(w io.Writer) {
	if len(o.Verdicts) == 0 {
		return
	}
	fmt.Fprintf(w, "The cluster's own verdict, from the status of tenant %s%s:\n", o.Tenant, o.stale())
	for i := range o.Verdicts {
		v := &o.Verdicts[i]
		fmt.Fprintf(w, "  policy %s, %s, since %s\n", v.Policy, what(v), v.Since.UTC().Format("2006-01-02T15:04:05Z07:00"))
		if v.Path != "" {
			fmt.Fprintf(w, "    %s\n", terminal.Printable(v.Path))
		}
	}
}

func (o Own) stale() string {
	if o.Stale {
		return ", which is about an older version of it"
	}
	return ""
}

func what(v *v1alpha1.TenantVerdict) string {
	text := fmt.Sprintf("%s (%s)", v.Verdict, v.Reason)
	if v.Action != "" {
		text += ", " + string(v.Action)
	}
	return text
}

// Difference is a policy that says one thing here and another in the cluster.
type Difference struct {
	// Tenant and Policy say whose verdict it is.
	Tenant, Policy string
	// Cluster and Here are the two.
	Cluster, Here string
}

// String is one sentence.
func (d Difference) String() string {
	return fmt.Sprintf("about tenant %s policy %s says %s in the cluster, and %s here", d.Tenant, d.Policy, d.Cluster, d.Here)
}

// Differences compares decisions of this instant with the cluster's. What the
// cluster has not decided, or about an older version of the Tenant, differs from
// nothing.
func (o Own) Differences(decisions []residency.Decision) []Difference {
	if o.Stale {
		return nil
	}
	var all []Difference
	for _, d := range decisions {
		i := slices.IndexFunc(o.Verdicts, func(v v1alpha1.TenantVerdict) bool { return v.Policy == d.Policy })
		if i < 0 {
			continue
		}
		v := &o.Verdicts[i]
		if string(v.Verdict) == d.Verdict.String() && (v.Action == "" || string(v.Action) == d.Action.String()) {
			continue
		}
		all = append(all, Difference{o.Tenant, d.Policy, what(v), fmt.Sprintf("%s (%s), %s", d.Verdict, d.Reason, d.Action)})
	}
	return all
}

// maxTold is how many differences an error tells.
const maxTold = 3

// Check is an error if an answer is not the cluster's: since the data of
// registers is missing, or since the cluster itself says something else.
func Check(missing []string, differences []Difference) error {
	if len(missing) == 0 && len(differences) == 0 {
		return nil
	}
	lines := []string{"this is not what the cluster itself would answer"}
	if len(missing) > 0 {
		lines = append(lines, "without the data of "+registers(missing)+" nothing that depends on it is right: say where it is with --register NAME=FILE")
	}
	for i, d := range differences {
		if i == maxTold {
			lines = append(lines, fmt.Sprintf("and %d more", len(differences)-maxTold))
			break
		}
		lines = append(lines, d.String())
	}
	if len(missing) == 0 {
		lines = append(lines, "the cluster may have other data of a register than this machine, or not have seen a change yet")
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n    "))
}

func registers(names []string) string {
	if len(names) == 1 {
		return "register " + names[0]
	}
	return "registers " + strings.Join(names, ", ")
}
