package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/terminal"
)

// none is what kubectl writes where there is nothing.
const none = "<none>"

// Table writes a line for each decision, then what there is to say about the
// objects that are not simply admitted, then a summary.
func Table(w io.Writer, r Report) error {
	var out bytes.Buffer
	if err := rows(&out, r); err != nil {
		return err
	}
	for _, result := range r.Results {
		if result.action() != allow || slices.ContainsFunc(result.Decisions, exempted) {
			details(&out, result)
		}
	}
	summary(&out, r)
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func rows(w *bytes.Buffer, r Report) error {
	table := tabwriter.NewWriter(w, 6, 4, 3, ' ', 0)
	empty := true
	for _, result := range r.Results {
		for _, d := range result.Decisions {
			if empty {
				fmt.Fprintln(table, "NAMESPACE\tRESOURCE\tTENANT\tPOLICY\tVERDICT\tACTION\tREASON")
				empty = false
			}
			cells := []string{result.Resource.Namespace, result.Display, d.Tenant, d.Policy, d.Verdict, d.Action, d.Reason}
			for i, cell := range cells {
				if cells[i] = terminal.Printable(cell); cell == "" {
					cells[i] = none
				}
			}
			fmt.Fprintln(table, strings.Join(cells, "\t"))
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if !empty {
		w.WriteByte('\n')
	}
	return nil
}

// outcome is how people call what happens to an object.
var outcome = map[string]string{
	deny:  "denied",
	warn:  "admitted with a warning",
	audit: "admitted with an audit annotation",
	allow: "admitted",
}

func details(w *bytes.Buffer, result Result) {
	fmt.Fprintf(w, "%s: %s: %s\n", terminal.Printable(result.Position.String()), terminal.Printable(result.where()), outcome[result.action()])
	for _, d := range result.Decisions {
		if d.Action == allow && !exempted(d) {
			continue
		}
		if d.Policy != "" {
			fmt.Fprintf(w, "  %s: %s\n", terminal.Printable(d.Policy), terminal.Printable(d.Message))
		} else {
			fmt.Fprintf(w, "  %s\n", terminal.Printable(d.Message))
		}
		if d.Notice != "" {
			fmt.Fprintf(w, "    notice period: %s\n", terminal.Printable(d.Notice))
		}
		for _, line := range d.Path {
			fmt.Fprintf(w, "    %s\n", terminal.Printable(line))
		}
		if d.More != "" {
			fmt.Fprintf(w, "    more: %s\n", terminal.Printable(d.More))
		}
	}
	w.WriteByte('\n')
}

// exempted says whether something that was found does not count.
func exempted(d Decision) bool { return len(d.Exemptions) > 0 }

func summary(w *bytes.Buffer, r Report) {
	counts := map[string]int{}
	uncovered := 0
	for _, result := range r.Results {
		if len(result.Decisions) == 0 {
			uncovered++
			continue
		}
		counts[result.action()]++
	}
	fmt.Fprintf(w, "%d %s", len(r.Results), Plural(len(r.Results), "object", "objects"))
	separator := ": "
	for _, action := range []string{deny, warn, audit, allow} {
		if counts[action] > 0 {
			fmt.Fprintf(w, "%s%d %s", separator, counts[action], outcome[action])
			separator = ", "
		}
	}
	if uncovered > 0 {
		fmt.Fprintf(w, "%s%d not covered by any policy", separator, uncovered)
	}
	w.WriteByte('\n')
}

// Plural is the word for one or for several.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
