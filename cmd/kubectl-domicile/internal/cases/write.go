package cases

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/terminal"
)

// writeText writes a line for each case, and below one that fails what is
// otherwise than expected.
func writeText(w io.Writer, outcomes []outcome) error {
	var out bytes.Buffer
	counts := map[string]int{}
	for i := range outcomes {
		o := &outcomes[i]
		word := o.word()
		counts[word]++
		line := word + o.file
		if word != passes {
			line += ": " + o.title()
		}
		fmt.Fprintln(&out, strings.TrimSuffix(terminal.Printable(line), ": "))
		for _, line := range o.text() {
			fmt.Fprintln(&out, "      "+terminal.Printable(line))
		}
	}
	fmt.Fprintf(&out, "%d %s: %d passed, %d failed", len(outcomes), report.Plural(len(outcomes), "case", "cases"), counts[passes], counts[fails])
	if counts[isWrong] > 0 {
		fmt.Fprintf(&out, ", %d not run since they are wrong", counts[isWrong])
	}
	out.WriteByte('\n')
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// The words at the beginning of a line.
const (
	passes  = "ok    "
	fails   = "FAIL  "
	isWrong = "WRONG "
)

func (o *outcome) word() string {
	switch {
	case len(o.wrong) > 0:
		return isWrong
	case len(o.differences) > 0:
		return fails
	default:
		return passes
	}
}

// text says what is otherwise than expected.
func (o *outcome) text() []string {
	var lines []string
	for _, d := range o.differences {
		where := d.Resource.String()
		if at, ok := o.places[d.Resource]; ok {
			where = at.String() + ": " + where
		}
		lines = append(lines, where)
		for _, line := range d.Lines {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// writeJUnit writes a case for each case. One that is wrong is an error.
func writeJUnit(w io.Writer, outcomes []outcome) error {
	var cases []report.JUnitCase
	for i := range outcomes {
		o := &outcomes[i]
		c := report.JUnitCase{File: o.file, Name: o.title(), ClassName: o.file}
		if len(o.differences) > 0 {
			c.Failure = &report.JUnitProblem{Message: o.differences[0].Lines[0], Type: "Difference", Text: strings.Join(o.text(), "\n")}
		}
		var wrong []string
		for _, err := range o.wrong {
			wrong = append(wrong, err.Error())
		}
		if len(wrong) > 0 {
			c.Error = &report.JUnitProblem{Message: wrong[0], Type: "Input", Text: strings.Join(wrong, "\n")}
		}
		cases = append(cases, c)
	}
	return report.WriteJUnit(w, "kubectl domicile test", cases)
}
