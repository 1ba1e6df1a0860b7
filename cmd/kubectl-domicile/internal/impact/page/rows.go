package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/money"
)

// card is a summary of one change.
type card struct {
	Change  report.Change
	Words   string
	Tenants int
	Values  []string
	Counted string
}

func cards(r *report.Report) []card {
	var all []card
	for _, t := range r.Totals {
		if !t.Change.Listed() {
			continue
		}
		c := card{Change: t.Change, Words: t.Change.Words(), Tenants: t.Tenants, Counted: r.Counted(t.Counts)}
		for _, a := range t.AnnualValue {
			c.Values = append(c.Values, grouped(a))
		}
		all = append(all, c)
	}
	return all
}

// rest says for how many tenants nothing changes, and what else does.
func rest(r *report.Report) []string {
	var still []string
	for _, t := range r.Totals {
		if !t.Change.Listed() {
			still = append(still, fmt.Sprintf("%d %s", t.Tenants, t.Change.Words()))
		}
	}
	var lines []string
	if len(still) > 0 {
		lines = append(lines, "No change for the rest: "+strings.Join(still, ", ")+".")
	}
	for _, line := range append(r.PolicyLines(), r.OtherLines()...) {
		lines = append(lines, line+".")
	}
	return lines
}

func title(r *report.Report) string {
	for _, t := range r.Totals {
		if t.Change == report.NewlyRestricted {
			return "Impact: " + report.Tenants(t.Tenants) + " newly restricted"
		}
	}
	if len(r.Tenants) == 0 {
		return "Impact: nothing changes for any tenant"
	}
	return "Impact: nobody newly restricted"
}

// row is a tenant in the table. Rank is its place by value.
type row struct {
	*report.Tenant

	Words, Value, Why, Policy string
	WorkloadsText, APIKeysText,
	GPUsText string
	Rank int
	// Picture is the id of its picture, "" if there is none.
	Picture string
}

func rows(r *report.Report, drawn []picture) []row {
	pictures := map[string]string{}
	for _, d := range drawn {
		pictures[d.Tenant] = d.ID
	}
	ranks := ranksOf(r.Tenants)
	all := make([]row, 0, len(r.Tenants))
	for i := range r.Tenants {
		t := &r.Tenants[i]
		why := t.Why()
		one := row{
			Tenant: t, Words: t.Change.Words(), Why: why.Message, Policy: why.Policy,
			WorkloadsText: r.Count(report.WorkloadsCount, t.Workloads),
			APIKeysText:   r.Count(report.APIKeysCount, t.APIKeys),
			GPUsText:      r.Count(report.GPUsCount, t.GPUs),
			Rank:          ranks[t.Name], Picture: pictures[t.Name],
		}
		if t.AnnualValue != nil {
			one.Value = grouped(*t.AnnualValue)
		}
		all = append(all, one)
	}
	return all
}

// ranksOf numbers tenants by value, whatever happens to them, so that a script
// need not compare money: the more, the higher the number within a currency.
func ranksOf(tenants []report.Tenant) map[string]int {
	byValue := make([]report.Tenant, 0, len(tenants))
	for _, t := range tenants {
		byValue = append(byValue, report.Tenant{Name: t.Name, AnnualValue: t.AnnualValue})
	}
	report.Sort(byValue)
	slices.Reverse(byValue)
	ranks := make(map[string]int, len(byValue))
	for i, t := range byValue {
		ranks[t.Name] = i
	}
	return ranks
}

// grouped writes an amount in groups of three digits, which do not break.
func grouped(a money.Amount) string {
	const space = "\u202f"
	whole, fraction, found := strings.Cut(a.Amount, ".")
	var out strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteString(space)
		}
		out.WriteRune(digit)
	}
	if found {
		out.WriteString("." + fraction)
	}
	return out.String() + space + a.Currency
}
