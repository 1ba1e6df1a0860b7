package layout

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "draw the house in docs/architecture.md anew")

const (
	drawingBegins = "<!-- The house, drawn by test/layout. -->\n```mermaid\n"
	drawingEnds   = "```\n"
)

// TestTheHouseIsDrawnAsItIs compares the drawing in docs/architecture.md with what
// packages import.
func TestTheHouseIsDrawnAsItIs(t *testing.T) {
	page := filepath.Join(root, "docs", "architecture.md")
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(data), drawingBegins)
	drawn, after, ends := strings.Cut(rest, drawingEnds)
	if !begins || !ends {
		t.Fatalf("%s has no drawing that begins with %q", page, drawingBegins)
	}
	house := draw(direct(load(t)))
	if *update {
		if err := os.WriteFile(page, []byte(before+drawingBegins+house+drawingEnds+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(house, drawn); diff != "" {
		t.Errorf("docs/architecture.md draws another house; `go test ./test/layout -update` draws it anew (-house +drawn):\n%s", diff)
	}
}

// room is the folder that a package is in: what the drawing shows; "" for what is not
// part of the programs.
func room(path string) string {
	parts := strings.Split(path, "/")
	switch {
	case path == ".":
		return "main.go"
	case parts[0] == "test", parts[0] == "config", path == "internal/tools", path == "internal/kinds/rights",
		strings.HasSuffix(path, "test"), strings.HasSuffix(path, "/synthetic"):
		return ""
	case parts[0] == "webhook", parts[0] == "middleware":
		return parts[0]
	default:
		return strings.Join(parts[:2], "/")
	}
}

// direct has what each room imports, without what it would reach otherwise.
func direct(w world) map[string][]string {
	imports := map[string]map[string]bool{}
	for _, p := range w.ours {
		from := room(p.path())
		if from == "" {
			continue
		}
		if imports[from] == nil {
			imports[from] = map[string]bool{}
		}
		for _, i := range p.Imports {
			if isOurs(i) {
				if to := room(linked{ImportPath: i}.path()); to != "" && to != from {
					imports[from][to] = true
				}
			}
		}
	}
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		for next := range imports[from] {
			if next == to || reaches(next, to) {
				return true
			}
		}
		return false
	}
	needed := map[string][]string{}
	for from, all := range imports {
		needed[from] = nil
		for to := range all {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(other string) bool { return other != to && reaches(other, to) }) {
				needed[from] = append(needed[from], to)
			}
		}
		slices.Sort(needed[from])
	}
	return needed
}

// draw writes arrows as mermaid reads them.
func draw(imports map[string][]string) string {
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	id := func(room string) string { return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(room) }
	rooms := slices.Sorted(maps.Keys(imports))
	frame := func(title string, is func(string) bool) {
		fmt.Fprintf(&b, "  subgraph %s\n", title)
		for _, room := range rooms {
			if is(room) {
				fmt.Fprintf(&b, "    %s[%s]\n", id(room), strings.TrimPrefix(strings.TrimPrefix(room, "controllers/"), "internal/"))
			}
		}
		b.WriteString("  end\n")
	}
	isController := func(room string) bool { return strings.HasPrefix(room, "controllers/") }
	isCore := func(room string) bool { _, ok := core[room]; return ok }
	frame("controllers", isController)
	frame("core", isCore)
	for _, room := range rooms {
		if !isController(room) && !isCore(room) {
			fmt.Fprintf(&b, "  %s[%s]\n", id(room), room)
		}
	}
	for _, from := range rooms {
		for _, to := range imports[from] {
			fmt.Fprintf(&b, "  %s --> %s\n", id(from), id(to))
		}
	}
	return b.String()
}
