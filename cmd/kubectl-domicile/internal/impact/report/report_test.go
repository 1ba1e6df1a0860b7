package report_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/money"
)

func tenant(name string, change report.Change, amount, currency string, workloads int64) report.Tenant {
	t := report.Tenant{Name: name, Change: change, Counts: report.Counts{Workloads: workloads}}
	if amount != "" {
		t.AnnualValue = &money.Amount{Amount: amount, Currency: currency}
	}
	return t
}

func TestOrder(t *testing.T) {
	t.Parallel()
	want := []report.Tenant{
		tenant("usd-most", report.NewlyRestricted, "10.5", "USD", 0),
		tenant("usd-more", report.NewlyRestricted, "9", "USD", 0),
		// Fewer pay in EUR and JPY, however large the number.
		tenant("eur", report.NewlyRestricted, "1000000", "EUR", 0),
		tenant("jpy", report.NewlyRestricted, "9000000000", "JPY", 0),
		tenant("nothing-two-workloads", report.NewlyRestricted, "", "", 2),
		tenant("nothing-a", report.NewlyRestricted, "", "", 1),
		tenant("nothing-b", report.NewlyRestricted, "", "", 1),
		tenant("clear", report.NewlyClear, "999", "USD", 9),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	report.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTotalsAreExactAndDoNotMixCurrencies(t *testing.T) {
	t.Parallel()
	var tally report.Tally
	tally.Add(report.StillClear, nil, report.Counts{})
	for _, one := range []money.Amount{{Amount: "0.1", Currency: "USD"}, {Amount: "0.2", Currency: "USD"}, {Amount: "5", Currency: "EUR"}} {
		tally.Add(report.NewlyRestricted, &one, report.Counts{Workloads: 1, GPUs: 8})
	}
	want := []report.Total{{
		Change: report.NewlyRestricted, Tenants: 3,
		AnnualValue: []money.Amount{{Amount: "5", Currency: "EUR"}, {Amount: "0.3", Currency: "USD"}},
		Counts:      report.Counts{Workloads: 3, GPUs: 24},
	}, {Change: report.StillClear, Tenants: 1, AnnualValue: []money.Amount{}}}
	if diff := cmp.Diff(want, tally.Totals()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCSVIsNoProgram(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, want, reason string }{
		{"Lantern", "Lantern", "a name is a name"},
		{"3-D Printing", "3-D Printing", "a sign inside is none"},
		{`=HYPERLINK("http://example.com")`, `'=HYPERLINK("http://example.com")`, "a formula"},
		{"+1", "'+1", "a formula that begins with a number"},
		{"-1", "'-1", "the same"},
		{"@SUM(A1)", "'@SUM(A1)", "a function of old"},
		{"\t=1", "'\t=1", "what comes after a tab"},
		{"\r=1", "'=1", "what comes after the end of a line, which the format leaves out"},
		{"  =1", "'  =1", "some leave out spaces"},
		{"\u200f=1", "'\u200f=1", "or what is invisible"},
		{"＝1", "'＝1", "the wide sign"},
		{"a,b\n\"c\"", "a,b\n\"c\"", "quotes, commas and lines are the format's business"},
	} {
		var out bytes.Buffer
		one := tenant("t", report.NewlyRestricted, "", "", 0)
		one.DisplayName = tc.name
		if err := report.CSV(&out, &report.Report{Tenants: []report.Tenant{one}}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.String(), "\r\n") {
			t.Errorf("%q does not end as RFC 4180 says", out.String())
		}
		lines, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(lines) != 2 || len(lines[1]) != len(report.Columns) {
			t.Fatalf("%s: %v, %v", tc.reason, lines, err)
		}
		if got := lines[1][2]; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

func TestTableIsNoTerminalProgram(t *testing.T) {
	t.Parallel()
	one := tenant("evil\x1b[2J\u202etxt", report.NewlyRestricted, "", "", 0)
	one.After = report.Side{Policy: "p", Verdict: "Restricted", Action: "Deny", Message: "why\x1b[31m\nnot"}
	var out bytes.Buffer
	if err := report.Table(&out, &report.Report{At: time.Unix(0, 0), Tenants: []report.Tenant{one}, Warnings: []string{}}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, `evil\x1b[2J\u202etxt`) {
		t.Errorf("the table is %q", text)
	}
}

func TestCountsThatMayBeTooSmallSaySo(t *testing.T) {
	t.Parallel()
	r := report.Report{Uncounted: []string{report.GPUsCount, report.APIKeysCount}}
	if got, want := r.Counted(report.Counts{Workloads: 1, APIKeys: 1}), "1 workload, 1+? API keys and ? GPUs"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer, *report.Report) error{"table": report.Table, "json": report.JSON, "csv": report.CSV} {
		if err := write(full{}, &report.Report{}); err == nil {
			t.Errorf("%s says nothing", name)
		}
	}
}
