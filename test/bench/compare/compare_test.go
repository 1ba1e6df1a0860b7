package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatTheOthersGetGivesTheSameAnswer reads the files that PostgreSQL and
// networkx are asked about, and scans them until nothing changes.
func TestWhatTheOthersGetGivesTheSameAnswer(t *testing.T) {
	t.Parallel()
	for _, r := range registers() {
		folder := t.TempDir()
		own, err := domicile(r.of.Sized(20_000), folder)
		if err != nil {
			t.Fatal(err)
		}
		type holding struct{ holder, subject, kind, lower int }
		var holdings []holding
		members := map[int]bool{}
		lines(t, filepath.Join(folder, "seeds.csv"), func(line string) {
			var node int
			scan(t, line, "%d", &node)
			members[node] = true
		})
		seeds := len(members)
		lines(t, filepath.Join(folder, "holdings.csv"), func(line string) {
			var h holding
			scan(t, line, "%d,%d,%d,%d", &h.holder, &h.subject, &h.kind, &h.lower)
			holdings = append(holdings, h)
		})
		for before := 0; before != len(members); {
			before = len(members)
			sums := map[[2]int]int{}
			for _, h := range holdings {
				if members[h.holder] {
					sums[[2]int{h.subject, h.kind}] += h.lower
				}
			}
			for of, sum := range sums {
				if sum > 500_000_000 {
					members[of[0]] = true
				}
			}
		}
		if len(members) != own.restricted || len(members) == seeds {
			t.Errorf("%s: Domicile finds %d restricted parties, the files have %d, and %d seeds", r.title, own.restricted, len(members), seeds)
		}
	}
}

func lines(t *testing.T, name string, each func(string)) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // opened for reading
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		each(scanner.Text())
	}
}

func scan(t *testing.T, line, format string, into ...any) {
	t.Helper()
	if _, err := fmt.Sscanf(line, format, into...); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
}

func TestAnswersThatDifferAreAnError(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		reason string
		rows   []row
		agree  bool
	}{
		{"all the same", []row{{restricted: 5}, {restricted: 5}}, true},
		{"one that cannot find everybody", []row{{restricted: 5}, {restricted: 3, partial: true}}, true},
		{"one that finds too few", []row{{restricted: 5}, {restricted: 3}}, false},
		{"one that finds too many", []row{{restricted: 5}, {restricted: 6, partial: true}}, false},
	} {
		if err := (table{rows: tc.rows}).agree(); (err == nil) != tc.agree {
			t.Errorf("%s: %v", tc.reason, err)
		}
	}
}

func TestTheTableReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n"+begin+"old\n"+end+"More.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := writeInto(page, "new\n"); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("# Title\n"+begin+"\nnew\n\n"+end+"More.\n", string(text)); diff != "" {
		t.Error(diff)
	}
	if err := writeInto(filepath.Join("..", "..", "..", "README.md"), "new"); err == nil || !strings.Contains(err.Error(), "no place") {
		t.Errorf("got %v", err)
	}
}
