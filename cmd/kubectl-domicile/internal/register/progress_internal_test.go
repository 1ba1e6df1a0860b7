package register

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestTellsHowFarReadingIs(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	d := display{total: 4_000_000_000, began: began}
	for _, tc := range []struct {
		reason                  string
		after                   time.Duration
		reading, bytes, records int64
		want                    string
	}{
		{"it begins", 500 * time.Millisecond, 1, 10, 0, "reading: 10 B of 4.0 GB"},
		{"a quarter of it", 10*time.Second + 500*time.Millisecond, 1, 1_000_000_000, 1_500_000, "reading: 1.0 GB of 4.0 GB, 1500000 records, 31 s left"},
		{"most of it", 5*time.Minute + 500*time.Millisecond, 1, 3_000_000_000, 2, "reading: 3.0 GB of 4.0 GB, 2 records, 1 min 40 s left"},
		{"all of it is read, and not yet a graph", 6 * time.Minute, 1, 4_000_000_001, 3, "reading: 4.0 GB of 4.0 GB, 3 records, putting it together"},
		{"a second reading begins anew", 7 * time.Minute, 2, 1, 0, "reading again: 1 B of 4.0 GB"},
		{"and takes its own time", 17 * time.Minute, 2, 400_000_000, 0, "reading again: 400.0 MB of 4.0 GB, 1 h 30 min left"},
	} {
		if got := d.line(began.Add(tc.after), tc.reading, tc.bytes, tc.records); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

func TestLeavesNothingOnTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := display{w: &out, width: 10}
	d.show("")
	if out.Len() > 0 {
		t.Errorf("nothing is shown, and %q written", out.String())
	}
	d.show("a line that is too long")
	d.show("short")
	d.show("")
	if got, want := out.String(), "\ra line tha\ra line tha"+"\rshort     \rshort"+"\r     \r"; got != want {
		t.Errorf("written is %q, want %q", got, want)
	}
	if strings.Contains(out.String(), "\n") {
		t.Error("a line is left behind")
	}
}

func TestShowsNothingButOnATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	progress, stop := watch(&out, nil)
	stop()
	if progress != nil || out.Len() > 0 {
		t.Errorf("%q is written to what is no terminal", out.String())
	}
}
