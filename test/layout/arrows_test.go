package layout

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The core knows nothing of Kubernetes, so it can be read, tested and trusted
// by itself. Each of its packages links the standard library and these.
var core = map[string][]string{
	"internal/cut":          {},
	"internal/jurisdiction": {"internal/cut"},
	"internal/ownership":    {"internal/cut", "internal/jurisdiction", "internal/persistent"},
	"internal/persistent":   {},
	"internal/residency":    {"internal/cut", "internal/jurisdiction", "internal/ownership", "internal/persistent"},
	"internal/explain":      {"internal/cut", "internal/jurisdiction", "internal/ownership", "internal/persistent", "internal/residency"},
	"internal/register":     {"internal/cut", "internal/jurisdiction", "internal/ownership", "internal/persistent"},
	"internal/call":         {"internal/cut", "internal/jurisdiction", "internal/ownership", "internal/persistent", "internal/residency"},
	"internal/money":        {},
	"internal/kinds":        {},
	"internal/growth":       {"internal/kinds"},
}

// libraries has what else a package of the core links: code of formats that are
// not this project's.
var libraries = map[string][]string{
	"internal/call":     {"github.com/go-json-experiment/json"},
	"internal/register": {"github.com/go-json-experiment/json", "github.com/klauspost/compress", "golang.org/x/text"},
}

func TestCoreLinksOnlyTheStandardLibraryAndWhatIsBelow(t *testing.T) {
	w := load(t)
	found := 0
	for _, p := range w.ours {
		below, ok := core[p.path()]
		if !ok {
			continue
		}
		found++
		for _, dep := range p.Deps {
			isLibrary := func(library string) bool { return within(dep, library) }
			if w.standard[dep] || slices.Contains(below, strings.TrimPrefix(dep, module+"/")) || slices.ContainsFunc(libraries[p.path()], isLibrary) {
				continue
			}
			t.Errorf("%s links %s", p.path(), dep)
		}
	}
	// A rule about packages that have been moved away would hold nothing.
	if found < len(core) {
		t.Errorf("%d of the %d packages of the core were found", found, len(core))
	}
}

// manager puts everything together, and so imports what nobody else in internal may.
const manager = "internal/manager"

func TestTheRootHasMainAlone(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(root, "main.go")}, files); diff != "" {
		t.Errorf("the program is put together in %s (-want +got):\n%s", manager, diff)
	}
	w := load(t)
	for _, p := range w.ours {
		if p.path() != "." {
			continue
		}
		imports := slices.DeleteFunc(p.Imports, func(path string) bool { return w.standard[path] })
		if diff := cmp.Diff([]string{module + "/" + manager}, imports); diff != "" {
			t.Errorf("main calls %s and nothing else (-want +got):\n%s", manager, diff)
		}
		return
	}
	t.Error("there is no package in the root")
}

func TestArrows(t *testing.T) {
	rows := []struct {
		from, to string
		reason   string
	}{
		{"api", "internal", "others build on the API: it needs nothing of ours"},
		{"api", "controllers", "as above"},
		{"api", "webhook", "as above"},
		{"controllers", "webhook", "admission and reconciling meet in internal/manager and in translate only"},
		{"webhook", "controllers", "as above"},
		{"internal", "controllers", "what is internal is below the controllers"},
		{"internal", "webhook", "what is internal is below the webhook"},
		{"api", manager, "the manager is put together above everything else: only main links it"},
		{"controllers", manager, "as above"},
		{"webhook", manager, "as above"},
		{"internal", manager, "as above"},
		{"cmd", manager, "as above"},
		{"cmd", "controllers", "the plugin decides by itself, with the same core"},
		{"cmd", "webhook", "as above"},
		{".", "test", "what is for tests stays with the tests"},
		{"cmd", "test", "as above"},
		{".", "internal/ownership/graphtest", "as above"},
		{"cmd", "internal/ownership/graphtest", "as above"},
		{".", "internal/snapshot/snapshottest", "as above"},
		{"cmd", "internal/snapshot/snapshottest", "as above"},
		{".", "internal/explain/svg", "only the plugin draws: the manager has no use for a layout library"},
	}
	w := load(t)
	for _, row := range rows {
		t.Run(row.from+" to "+row.to, func(t *testing.T) {
			found := false
			for _, p := range w.ours {
				if !within(p.path(), row.from) || within(p.path(), manager) {
					continue
				}
				found = true
				for _, dep := range p.Deps {
					if isOurs(dep) && within(strings.TrimPrefix(dep, module+"/"), row.to) {
						t.Errorf("%s links %s: %s", p.path(), dep, row.reason)
					}
				}
			}
			if !found {
				t.Errorf("no package in %s", row.from)
			}
		})
	}
}

// controllers are the folders of controllers. None links another one: internal/manager
// hands each what it needs of another.
var controllers = []string{"audit", "certificate", "definitions", "informers", "mirror", "references", "registers", "snapshot", "status", "suspension", "webhookconfig"}

// shared is what they have in common. It links nothing of controllers.
const shared = "controllers/internal"

func TestControllersDoNotLinkEachOther(t *testing.T) {
	found := map[string]bool{}
	for _, p := range load(t).ours {
		folder, ok := strings.CutPrefix(p.path(), "controllers/")
		if !ok {
			continue
		}
		if !within(p.path(), shared) {
			found[folder] = true
		}
		for _, dep := range p.Deps {
			dep = strings.TrimPrefix(dep, module+"/")
			if within(dep, "controllers") && (!within(dep, shared) || within(p.path(), shared)) {
				t.Errorf("%s links %s", p.path(), dep)
			}
		}
	}
	if diff := cmp.Diff(controllers, slices.Sorted(maps.Keys(found))); diff != "" {
		t.Errorf("the folders of controllers (-want +got):\n%s", diff)
	}
}

func TestEveryPackageHasAPlace(t *testing.T) {
	places := slices.AppendSeq([]string{
		".", "api/v1alpha1", "cmd/kubectl-domicile", "config/crd", shared,
		manager, "internal/callers", "internal/codec", "internal/contact", "internal/eventwatch", "internal/gateway", "internal/mirror", "internal/scan", "internal/snapshot", "internal/tools", "internal/translate", "middleware", "test", "webhook",
	}, maps.Keys(core))
	for _, folder := range controllers {
		places = append(places, "controllers/"+folder)
	}
	for _, p := range load(t).ours {
		if !slices.ContainsFunc(places, func(place string) bool { return within(p.path(), place) }) {
			t.Errorf("%s is not in docs/architecture.md: say there and here what it is for", p.path())
		}
	}
}

func TestNoPackageIsNamedAfterNothing(t *testing.T) {
	for _, p := range load(t).ours {
		for part := range strings.SplitSeq(p.path(), "/") {
			if slices.Contains([]string{"util", "utils", "helper", "helpers", "common", "misc", "shared"}, part) {
				t.Errorf("%s: a package is named after what it does", p.path())
			}
		}
	}
}
