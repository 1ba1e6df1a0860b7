package page

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/money"
)

func TestThePageIsBounded(t *testing.T) {
	t.Parallel()
	r := &report.Report{}
	for i := range 5 {
		r.Tenants = append(r.Tenants, report.Tenant{Name: fmt.Sprintf("tenant-%d", i), Change: report.NewlyRestricted})
	}
	var out bytes.Buffer
	if err := write(&out, r, 3); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "tenant-3") || !strings.Contains(text, "2 more tenants are left out") {
		t.Error("the page is not bounded, or does not say so")
	}
}

func TestGroupsDigits(t *testing.T) {
	t.Parallel()
	for amount, want := range map[string]string{
		"0": "0 USD", "100": "100 USD", "1000": "1 000 USD", "123456.5": "123 456.5 USD", "900719925474099.25": "900 719 925 474 099.25 USD",
	} {
		got := strings.ReplaceAll(grouped(money.Amount{Amount: amount, Currency: "USD"}), "\u202f", " ")
		if got != want {
			t.Errorf("%s is %q, want %q", amount, got, want)
		}
	}
}
