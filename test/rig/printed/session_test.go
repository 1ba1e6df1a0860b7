package printed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/test/rig/printed"
)

func TestSessionsAreRead(t *testing.T) {
	t.Parallel()
	const session = "$ a \\\n    b\nsaid\n$ c\n$ d 'e\n  f'\nmore, isn't it\n\nand more\n"
	want := []printed.Step{{Command: "a \\\n    b", Says: "said\n"}, {Command: "c"}, {Command: "d 'e\n  f'", Says: "more, isn't it\n\nand more\n"}}
	got := printed.Steps(session)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if again := printed.Session(got); again != session {
		t.Errorf("it is printed as %q", again)
	}
}

func TestEachSessionIsFoundAndStaysWhereItIs(t *testing.T) {
	t.Parallel()
	const text = "Do:\n```console\n$ a\nsaid\n```\n1. Do:\n\n   ```console\n   $ b\n\n   more\n   ```\n\n```yaml\nc: d\n```\n"
	var got []string
	same := printed.EachSession(text, func(session string) string {
		got = append(got, session)
		return session
	})
	if diff := cmp.Diff([]string{"$ a\nsaid\n", "$ b\n\nmore\n"}, got); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(text, same); diff != "" {
		t.Errorf("put back as they were (-want +got):\n%s", diff)
	}
}

func TestWhatDiffersEachTimeIsLeftOut(t *testing.T) {
	t.Parallel()
	const (
		one   = "a-fdfc7c4fd-92ph2 1/1 4s\nWaiting for it\nas of 2026-11-30T10:39:38Z: NI3ST-AA2NW-32YOM-LCCCQ\n"
		other = "a-5d5b7c4fd4-x2abc 1/1 17s\nas of 2027-01-01T00:00:00Z: AAAAA-BBBBB-CCCCC-DDDDD"
	)
	if printed.Same(one) != printed.Same(other) {
		t.Errorf("%q and %q", printed.Same(one), printed.Same(other))
	}
	if printed.Same("3 tenants") == printed.Same("4 tenants") {
		t.Error("numbers may not differ")
	}
}
