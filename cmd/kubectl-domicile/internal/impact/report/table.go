package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/terminal"
)

// textWidth is how wide explanations below the table are.
const textWidth = 100

// Table writes a line for each tenant, then why, then what it adds up to.
func Table(w io.Writer, r *Report) error {
	var out bytes.Buffer
	if err := r.rows(&out); err != nil {
		return err
	}
	for i := range r.Tenants {
		explain(&out, &r.Tenants[i])
	}
	if len(r.Tenants) > 0 {
		out.WriteByte('\n')
	}
	for _, line := range r.Headline() {
		fmt.Fprintln(&out, terminal.Printable(line))
	}
	r.summary(&out)
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (r *Report) rows(w *bytes.Buffer) error {
	if len(r.Tenants) == 0 {
		fmt.Fprintln(w, "Nothing changes for any tenant.")
		return nil
	}
	table := tabwriter.NewWriter(w, 6, 4, 3, ' ', 0)
	fmt.Fprintln(table, "TENANT\tCHANGE\tVERDICT\tACTION\tANNUAL VALUE\tWORKLOADS\tAPI KEYS\tGPUS\tPOLICY")
	for i := range r.Tenants {
		t := &r.Tenants[i]
		cells := []string{
			t.Name, string(t.Change), t.Verdicts(), t.Actions(), t.Value(),
			r.Count(WorkloadsCount, t.Workloads), r.Count(APIKeysCount, t.APIKeys), r.Count(GPUsCount, t.GPUs), t.Why().Policy,
		}
		for j, cell := range cells {
			if cells[j] = terminal.Printable(cell); cell == "" {
				cells[j] = "<none>"
			}
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// explain says why something changes for a tenant.
func explain(w *bytes.Buffer, t *Tenant) {
	why := t.Why()
	if why.Message == "" {
		return
	}
	w.WriteByte('\n')
	text := t.Name + ", " + t.Change.Words() + ": "
	if t.Change == NewlyClear {
		text = t.Name + ", " + t.Change.Words() + "; until now: "
	}
	for i, line := range wrap(terminal.Printable(text+why.Message), textWidth) {
		if i > 0 {
			line = "  " + line
		}
		fmt.Fprintln(w, line)
	}
	if len(why.Path) > 0 {
		fmt.Fprintln(w, "  "+terminal.Printable(why.Path[0]))
	}
}

// wrap breaks a text into lines of at most so many characters, where there are
// spaces.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func (r *Report) summary(w *bytes.Buffer) {
	var still []string
	for _, total := range r.Totals {
		if !total.Change.Listed() {
			still = append(still, fmt.Sprintf("%d %s", total.Tenants, total.Change.Words()))
			continue
		}
		words := total.Change.Words()
		fmt.Fprintf(w, "%s: %s, %s, %s\n", strings.ToUpper(words[:1])+words[1:], Tenants(total.Tenants), Values(total.AnnualValue), r.Counted(total.Counts))
	}
	if len(still) > 0 {
		fmt.Fprintf(w, "No change for the rest: %s\n", and(still))
	}
	for _, line := range append(r.PolicyLines(), r.OtherLines()...) {
		fmt.Fprintln(w, terminal.Printable(line))
	}
}

// OtherLines says what else changes.
func (r *Report) OtherLines() []string {
	var lines []string
	if r.Others.Unidentified != (Counts{}) {
		lines = append(lines, fmt.Sprintf("Another action also for what says no tenant that exists: %s", r.Counted(r.Others.Unidentified)))
	}
	if r.Others.Named != (Counts{}) {
		lines = append(lines, fmt.Sprintf("Another action also for what runs for other tenants and names these, or further owners, or comes under other policies: %s", r.Counted(r.Others.Named)))
	}
	return lines
}

// Tenants counts tenants.
func Tenants(n int) string {
	if n == 1 {
		return "1 tenant"
	}
	return fmt.Sprintf("%d tenants", n)
}
