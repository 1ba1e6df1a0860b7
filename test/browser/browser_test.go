package browser

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "a folder for pictures of the pages, to look at")

// patience is how long a test may take, on a machine that does much else.
const patience = 2 * time.Minute

var (
	// plugin is the program that is tested.
	plugin string
	// started is the browser, in which each test has a tab.
	started context.Context
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "domicile-browser-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	plugin = filepath.Join(folder, "kubectl-domicile")
	build := exec.Command("go", "build", "-o", plugin, "./cmd/kubectl-domicile")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the plugin: %w\n%s", err, out)
	}
	path, err := program()
	if err != nil {
		return 1, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to have a sandbox as root.
	}
	ctx, cancelBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancelBrowser()
	ctx, cancelTab := chromedp.NewContext(ctx)
	defer cancelTab()
	if err := chromedp.Do(ctx); err != nil {
		return 1, fmt.Errorf("start %s: %w", path, err)
	}
	started = ctx
	return m.Run(), nil
}

// program is the browser: the one that DOMICILE_BROWSER names, or Chromium.
func program() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if named := os.Getenv("DOMICILE_BROWSER"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no browser (%s): install the package chromium (apt-get install chromium, brew install --cask chromium), or name a browser of that family in DOMICILE_BROWSER",
		strings.Join(names, ", "))
}

// page writes a report as a page and returns where it is.
func page(t *testing.T, args ...string) string {
	t.Helper()
	return written(t, append([]string{"impact", "-o", "html", "-f", "testdata/change", "--against", "testdata/live"}, args...)...)
}

// written writes what the plugin prints to a page and returns where it is.
func written(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, plugin, args...)
	var stderr strings.Builder
	command.Stderr = &stderr
	text, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// tab is a tab of a browser, and what went wrong in it.
type tab struct {
	*testing.T

	ctx context.Context

	mu       sync.Mutex
	problems []string
	requests []string
}

// before is something to do in a tab before a page is opened.
type before func(ctx context.Context) error

// open opens a page and sees to it that nothing goes wrong with it: no message
// in the console, no request, nothing that the content security policy refuses.
func open(t *testing.T, address string, first ...before) *tab {
	t.Helper()
	ctx, cancelTab := chromedp.NewContext(started, chromedp.WithNewBrowserContext())
	t.Cleanup(cancelTab)
	if err := chromedp.Do(ctx); err != nil { // makes the tab, which lives as long as this context
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	tab := &tab{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, func(event any) { tab.heard(event, address) }); err != nil {
		t.Fatal(err)
	}
	_, errNetwork := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, errLog := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	if err := errors.Join(errNetwork, errLog); err != nil {
		t.Fatal(err)
	}
	for _, do := range first {
		if err := do(ctx); err != nil {
			t.Fatal(err)
		}
	}
	tab.do(chromedp.Navigate(address))
	t.Cleanup(func() {
		for _, what := range tab.all(&tab.problems) {
			t.Errorf("the browser complains: %s", what)
		}
		for _, what := range tab.all(&tab.requests) {
			t.Errorf("the page asks for %s", what)
		}
	})
	return tab
}

// media makes the browser have a colour scheme, and perhaps print.
func media(medium, scheme string) before {
	return func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}
}

// withoutScript makes the browser run none.
func withoutScript(ctx context.Context) error {
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
}

func (t *tab) heard(event any, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventConsoleAPICalled:
		t.problems = append(t.problems, "console."+string(event.Type))
	case *runtime.EventExceptionThrown:
		t.problems = append(t.problems, event.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		t.problems = append(t.problems, event.Entry.Text)
	case *network.EventRequestWillBeSent:
		if asked, _, _ := strings.Cut(event.Request.URL, "#"); asked != address {
			t.requests = append(t.requests, event.Request.URL)
		}
	}
}

func (t *tab) all(list *[]string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string{}, *list...)
}

// forgive forgets what has gone wrong and returns it.
func (t *tab) forgive() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	problems := append(t.problems, t.requests...)
	t.problems, t.requests = nil, nil
	return problems
}

func (t *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(t.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// get is what an action returns.
func get[T any](t *tab, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(t.ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// eval is the value of an expression in the page.
func eval[T any](t *tab, expression string) T {
	t.Helper()
	return get(t, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}
