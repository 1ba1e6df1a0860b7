package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// JSON writes the report for programs.
func JSON(w io.Writer, r *Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// Columns are the first line of CSV.
var Columns = []string{
	"change", "tenant", "display_name", "policy",
	"verdict_before", "verdict_after", "action_before", "action_after", "notice_until", "notice_action", "exemption",
	"annual_value", "currency", "workloads", "api_keys", "gpus", "reason", "explanation",
}

// CSV writes a line for each tenant, as RFC 4180 says it. A cell that a
// spreadsheet might take for a formula begins with an apostrophe.
func CSV(w io.Writer, r *Report) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	// The writer keeps the first error.
	_ = out.Write(Columns)
	for i := range r.Tenants {
		_ = out.Write(r.cells(&r.Tenants[i]))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func (r *Report) cells(t *Tenant) []string {
	why := t.Why()
	var until, until2, value, currency string
	if n := t.After.Notice; n != nil {
		until, until2 = n.Until.UTC().Format(time.RFC3339), n.Action
	}
	if t.AnnualValue != nil {
		value, currency = t.AnnualValue.Amount, t.AnnualValue.Currency
	}
	cells := []string{
		string(t.Change), t.Name, t.DisplayName, why.Policy,
		t.Before.Verdict, t.After.Verdict, t.Before.Action, t.After.Action, until, until2, t.After.Exemption,
		value, currency, r.Count(WorkloadsCount, t.Workloads), r.Count(APIKeysCount, t.APIKeys), r.Count(GPUsCount, t.GPUs),
		why.Reason, why.Message,
	}
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	return cells
}

// harmless keeps a spreadsheet from calculating what a name says. White space
// before a sign does not make a difference to some of them.
func harmless(cell string) string {
	visible := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) })
	switch {
	case cell == "":
		return cell
	case strings.ContainsRune("\t\r\n", rune(cell[0])),
		visible != "" && strings.ContainsAny(visible[:firstRune(visible)], "=+-@＝＋－＠"):
		return "'" + cell
	default:
		return cell
	}
}

func firstRune(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// What may be uncounted.
const (
	WorkloadsCount = "workloads"
	APIKeysCount   = "apiKeys"
	GPUsCount      = "gpus"
)
