package browser

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The tenants of the report, in its order.
var tenants = []string{"hostile", "lantern", "formula", "rtl", "old-mill", "old-mill-2", "ocean", "prairie"}

const (
	order = `[...document.querySelectorAll("#table tbody tr:not([hidden]) th bdi:first-child")].map(e => e.textContent)`
	head  = `//thead//button[normalize-space()="`
)

func (t *tab) wantOrder(what string, want ...string) {
	t.Helper()
	if got := eval[[]string](t, order); !slices.Equal(got, want) {
		t.Errorf("%s: the tenants are\n%v, want\n%v", what, got, want)
	}
}

func TestTellsWhatTheCommandTells(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	tab.wantOrder("as it is opened", tenants...)
	if title := eval[string](tab, `document.title`); title != "Impact: 3 tenants newly restricted" {
		t.Errorf("the title is %q", title)
	}
	text := eval[string](tab, `document.body.innerText`)
	for _, want := range []string{
		"Until then no action of it is stricter than Warn",
		"900\u202f719\u202f925\u202f474\u202f099.25\u202fUSD", // no float holds this
		"Allow → Deny and suspend (until 2027-01-01 Warn)",
		"Lantern Singapore Pte. Ltd. (SG) is 68 % held from CN",
		"Until now: Prairie Compute Ltd. (CA) is 55 % held from CN",
		"ocean is exempted until 2027-06-30T00:00:00Z",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if cards := eval[int](tab, `document.querySelectorAll(".card").length`); cards != 5 {
		t.Errorf("there are %d cards", cards)
	}
}

func TestSorts(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	sorted := func(what string) string {
		return eval[string](tab, `document.evaluate('//thead//th[contains(., "`+what+`")]', document, null, 9).singleNodeValue.getAttribute("aria-sort") ?? ""`)
	}
	tab.do(chromedp.Click(head + `GPUs"]`))
	if got := eval[[]string](tab, order); got[0] != "lantern" || sorted("GPUs") != "descending" {
		t.Errorf("by GPUs: %v, %s", got, sorted("GPUs"))
	}
	tab.do(chromedp.Click(head + `GPUs"]`))
	if got := eval[[]string](tab, order); got[len(got)-1] != "lantern" || sorted("GPUs") != "ascending" {
		t.Errorf("by GPUs, the other way round: %v, %s", got, sorted("GPUs"))
	}
	tab.do(chromedp.Click(head + `GPUs"]`))
	tab.wantOrder("the third time", tenants...)

	tab.do(chromedp.Click(head + `Annual value"]`))
	tab.wantOrder("by value: in the currency of most tenants first, who says nothing last",
		"hostile", "lantern", "ocean", "old-mill", "rtl", "old-mill-2", "prairie", "formula")
	if sorted("GPUs") != "" || sorted("Annual value") != "descending" {
		t.Errorf("aria-sort is %q and %q", sorted("GPUs"), sorted("Annual value"))
	}

	// With the keyboard: from the search to the first column, and in the other
	// direction.
	tab.do(chromedp.Focus("#change"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	tab.wantOrder("by name", "formula", "hostile", "lantern", "ocean", "old-mill", "old-mill-2", "prairie", "rtl")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	shown := func() string { return eval[string](tab, `document.querySelector("#shown").value`) }
	if shown() != "8 tenants" {
		t.Errorf("it says %q", shown())
	}
	tab.do(chromedp.SendKeys("#search", "MILL"))
	tab.wantOrder("with a word", "old-mill", "old-mill-2")
	if shown() != "2 of 8 tenants" {
		t.Errorf("it says %q", shown())
	}
	tab.do(chromedp.SendKeys("#search", kb.Enter)) // does not send a form anywhere
	tab.do(chromedp.KeyEvent(strings.Repeat(kb.Backspace, len("MILL"))))
	tab.wantOrder("without the word", tenants...)
	tab.do(chromedp.Focus("#change"), chromedp.KeyEvent("newly clear"))
	tab.wantOrder("with a change", "prairie")
}

func TestShowsPictures(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		scheme, paper, background string
	}{
		{"light", "rgb(255, 255, 255)", "rgb(255, 255, 255)"},
		{"dark", "rgb(22, 24, 28)", "rgb(22, 24, 28)"},
	} {
		t.Run(tc.scheme, func(t *testing.T) {
			t.Parallel()
			tab := open(t, page(t), media("", tc.scheme))
			small := eval[[]string](tab, `[...document.querySelectorAll(".drawing svg, .drawing svg .box, .drawing svg text")].filter(e => {
				const box = e.getBoundingClientRect();
				return box.width < 1 || box.height < 1;
			}).map(e => e.outerHTML)`)
			if len(small) > 0 {
				t.Errorf("not to be seen: %v", small)
			}
			if n := eval[int](tab, `document.querySelectorAll(".drawing svg").length`); n != 5 {
				t.Errorf("there are %d pictures", n)
			}
			if paper := eval[string](tab, `getComputedStyle(document.querySelector(".drawing .paper")).fill`); paper != tc.paper {
				t.Errorf("the paper of pictures is %s", paper)
			}
			if body := eval[string](tab, `getComputedStyle(document.body).backgroundColor`); body != tc.background {
				t.Errorf("the page is %s", body)
			}
			tab.do(chromedp.Click(`//tr[contains(., "lantern")]//a`))
			if heading := eval[string](tab, `document.querySelector(":target h3").textContent`); heading != "Tenant lantern, policy no-restricted-owners" {
				t.Errorf("the link leads to %q", heading)
			}
			tab.screenshot(tc.scheme)
		})
	}
}

func TestIsBuiltForEverybody(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	for _, tc := range []struct{ reason, list string }{
		{"an id occurs twice", `(ids => ids.filter((id, i) => ids.indexOf(id) !== i))([...document.querySelectorAll("[id]")].map(e => e.id))`},
		{"what names an element is not there", `[...document.querySelectorAll("[aria-labelledby]")].flatMap(e => e.getAttribute("aria-labelledby").split(" ")).filter(id => !document.getElementById(id))`},
		{"a link leads nowhere", `[...document.querySelectorAll("a")].map(e => e.getAttribute("href")).filter(h => !h.startsWith("#") || !document.getElementById(h.slice(1)))`},
		{"a field has no label", `[...document.querySelectorAll("input, select")].filter(e => e.labels.length === 0).map(e => e.id)`},
		{"a head of the table is about nothing", `[...document.querySelectorAll("th:not([scope])")].map(e => e.textContent)`},
		{"a button says nothing", `[...document.querySelectorAll("button")].filter(e => e.textContent.trim() === "").map(e => e.outerHTML)`},
		{"a heading is left out", `(hs => hs.filter((h, i) => i && h > hs[i-1] + 1).map(String))([...document.querySelectorAll("h1,h2,h3")].map(e => Number(e.tagName[1])))`},
	} {
		if got := eval[[]string](tab, tc.list); len(got) > 0 {
			t.Errorf("%s: %v", tc.reason, got)
		}
	}
	if lang := eval[string](tab, `document.documentElement.lang`); lang != "en" {
		t.Errorf("the language is %q", lang)
	}
	if direction := eval[string](tab, `getComputedStyle(document.querySelector(".why span")).direction`); direction != "ltr" {
		t.Errorf("sentences run %s", direction)
	}
}

func TestFitsNarrowAndWideWindows(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	for _, width := range []int64{360, 600, 900, 1199, 1201, 1600} {
		tab.do(chromedp.EmulateViewport(width, 900))
		if over := eval[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%d pixels wide, the page is %d wider", width, over)
		}
		if width == 360 {
			tab.screenshot("narrow")
		}
	}
}

func TestPrints(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t), media("", "dark"))
	pdf := get(tab, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if len(pdf) < 10_000 {
		t.Errorf("a PDF of %d bytes", len(pdf))
	}
	if err := media("print", "light")(tab.ctx); err != nil {
		t.Fatal(err)
	}
	if display := eval[string](tab, `getComputedStyle(document.querySelector("#filter")).display`); display != "none" {
		t.Errorf("the search is printed: %s", display)
	}
	if open := eval[bool](tab, `(dispatchEvent(new Event("beforeprint")), [...document.querySelectorAll("details")].every(d => d.open))`); !open {
		t.Error("what is folded is not printed")
	}
	if folded := eval[bool](tab, `(dispatchEvent(new Event("afterprint")), [...document.querySelectorAll("details")].every(d => !d.open))`); !folded {
		t.Error("what was folded stays open")
	}
	tab.fitsPaper()
	tab.screenshot("print")
	if *screenshots != "" {
		if err := os.WriteFile(filepath.Join(*screenshots, "print.pdf"), pdf, 0o600); err != nil {
			t.Error(err)
		}
	}
}

// fitsPaper checks that nothing is wider than a landscape page of A4: browsers would make
// all type smaller.
func (t *tab) fitsPaper() {
	t.Helper()
	t.do(chromedp.EmulateViewport(1032, 703))
	if over := eval[int](t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("it is %d pixels wider than paper", over)
	}
}

// TestNamesAreTextAndNothingElse: the manifests have markup in every name that a
// user may choose.
func TestNamesAreTextAndNothingElse(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	if strange := eval[[]string](tab, `[...document.querySelectorAll("img,iframe,object,embed,link,base,form[action],foreignObject,image,use:not([href^=\"#picture-\"]),animate,set")].map(e => e.outerHTML)`); len(strange) > 0 {
		t.Errorf("there are %v", strange)
	}
	if scripts := eval[int](tab, `document.querySelectorAll("script").length`); scripts != 1 {
		t.Errorf("there are %d scripts", scripts)
	}
	if styles := eval[int](tab, `document.querySelectorAll("style").length`); styles != 1 {
		t.Errorf("there are %d style sheets", styles)
	}
	if handlers := eval[[]string](tab, `[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on") || a.name === "style" || a.value.trim().startsWith("javascript:"))).map(e => e.outerHTML)`); len(handlers) > 0 {
		t.Errorf("there are handlers: %v", handlers)
	}
	name := `<script>document.title="ran"</script>`
	if got := eval[string](tab, `document.querySelector(".display").textContent`); got != name {
		t.Errorf("the name reads %q", got)
	}
}

// TestPolicyRefusesWhatIsNotThePages: even if markup got through, it would not
// run, and would not tell anybody anything.
func TestPolicyRefusesWhatIsNotThePages(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t))
	eval[any](tab, `new Promise(resolve => {
		const refused = new Set();
		addEventListener("securitypolicyviolation", event => {
			refused.add(event.effectiveDirective);
			if (refused.size === 4) resolve();
		});
		const script = document.createElement("script");
		script.textContent = "document.title = 'ran'";
		document.body.append(script);
		document.body.insertAdjacentHTML("beforeend",
			"<img src='http://example.com/a.png'><p style='color:red'></p><p onclick=\"document.title = 'ran'\"></p>");
	}).then(() => null)`)
	if title := eval[string](tab, `document.title`); title == "ran" {
		t.Error("a script ran that is not the page's")
	}
	if refused := tab.forgive(); len(refused) < 4 {
		t.Errorf("refused: %v", refused)
	}
}

func TestSaysTheSameWithoutScript(t *testing.T) {
	t.Parallel()
	tab := open(t, page(t, "--pictures", "1"), withoutScript)
	text := get(tab, chromedp.Text("body"))
	for _, want := range append([]string{"4 more pictures are left out"}, tenants...) {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(text, "Search") {
		t.Error("there is a search that does nothing")
	}
}

// screenshot keeps a picture of the page, if somebody wants to look at it.
func (t *tab) screenshot(name string) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	const best = 100
	picture := get(t, chromedp.FullScreenshot(best))
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o600); err != nil {
		t.Error(err)
	}
}
