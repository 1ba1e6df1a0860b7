package browser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// wide is a tenant whose customer sixty parties decide about: 20 holders, their parents,
// and whom those belong to.
func wide(t *testing.T) string {
	t.Helper()
	var out, holders strings.Builder
	party := func(name, display, about string) {
		fmt.Fprintf(&out, "---\napiVersion: domicile.dev/v1alpha1\nkind: LegalEntity\nmetadata: {name: %s}\nspec: {displayName: %s, %s}\n", name, display, about)
	}
	holding := func(holder, share, source string) string {
		return fmt.Sprintf(`{holder: {name: %s}, kind: Shareholding, share: {exact: "%s"}, source: "%s"}`, holder, share, source)
	}
	for i := range 20 {
		holder, parent, owner := fmt.Sprintf("holder-%d", i), fmt.Sprintf("parent-%d", i), fmt.Sprintf("owner-%d", i)
		party(owner, fmt.Sprintf("Lantern Provincial Investment Group %d", i), "type: Company, jurisdictions: {incorporation: CN, headquarters: CN}")
		party(parent, fmt.Sprintf("Lantern Holdings %d", i), "type: Company, jurisdictions: {incorporation: HK}, interests: ["+holding(owner, "80", "Annual return, 2026")+"]")
		party(holder, fmt.Sprintf("Lantern Nominees %d B.V.", i), "type: Company, jurisdictions: {incorporation: NL}, interests: ["+holding(parent, "60", "Register of members, 2026")+"]")
		holders.WriteString(holding(holder, "5", "Register of members, 2026") + ", ")
	}
	party("wide", "Lantern Consortium Pte. Ltd.", "type: Company, jurisdictions: {incorporation: SG}, interests: ["+strings.TrimSuffix(holders.String(), ", ")+"]")
	out.WriteString(`---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: wide}
spec:
  parties: [{role: Customer, entity: {name: wide}}]
  namespaces: {names: [wide]}
---
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: export-control}
spec: {jurisdictions: {blocked: [CN]}}
`)
	path := filepath.Join(t.TempDir(), "wide.yaml")
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPrintsSixtyPartiesInReadableType: what a page is too small for is on sheets, each on
// a page of its own, with no type of less than 7 points.
func TestPrintsSixtyPartiesInReadableType(t *testing.T) {
	t.Parallel()
	tab := open(t, written(t, "explain", "tenant/wide", "-f", wide(t), "-o", "html"), media("", "dark"))
	if n := eval[int](tab, `document.querySelectorAll(".drawing .box").length`); n < 60 {
		t.Fatalf("only %d boxes are drawn", n)
	}
	tab.screenshot("wide")
	sheets := eval[int](tab, `document.querySelectorAll(".sheets figure").length`)
	if sheets < 2 {
		t.Fatalf("there are %d sheets", sheets)
	}
	pdf := get(tab, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if *screenshots != "" {
		if err := os.WriteFile(filepath.Join(*screenshots, "wide.pdf"), pdf, 0o600); err != nil {
			t.Error(err)
		}
	}
	// The whole, the sheets, and the words.
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); pages < sheets+2 || pages > sheets+8 {
		t.Errorf("%d pages are printed of %d sheets", pages, sheets)
	}
	if err := media("print", "light")(tab.ctx); err != nil {
		t.Fatal(err)
	}
	const smallest = `Math.min(...[...document.querySelectorAll(".sheets svg")].map(s => s.getScreenCTM().a)) *
		Math.min(...[...document.querySelectorAll(".drawing text")].map(e => parseFloat(getComputedStyle(e).fontSize))) * 72 / 96`
	if points := eval[float64](tab, smallest); points < 7 {
		t.Errorf("the smallest type on sheets has %v points", points)
	}
	tab.fitsPaper()
	tab.screenshot("wide-print")
}
