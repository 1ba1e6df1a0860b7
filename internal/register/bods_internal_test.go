package register

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestThrough(t *testing.T) {
	step := func(holder, subject string) hop { return hop{holder: holder, subject: subject} }
	party := func(key string) hop { return hop{party: key} }
	for _, test := range []struct {
		reason string
		way    []hop
		want   []string
	}{
		{"a chain", []hop{step("ada", "a"), step("a", "b"), step("b", "t")}, []string{"a", "b"}},
		{"two chains", []hop{step("ada", "a"), step("a", "t"), step("ada", "b"), step("b", "t")}, []string{"a", "b"}},
		{"only the last part: its shares are those of the holder", []hop{step("b", "t")}, []string{"b"}},
		{"only the first part: what it has in the subject is elsewhere", []hop{step("ada", "a")}, []string{"a"}},
		{"only a party", []hop{party("a")}, []string{"a"}},
		{"the ends and the way as parties, too", []hop{party("ada"), party("t"), party("a"), step("ada", "a"), step("a", "t")}, []string{"a"}},
		{"another owner of a party on the way has shares of its own", []hop{party("bo"), step("ada", "a"), step("bo", "a"), step("a", "t")}, []string{"a"}},
		{"a circle", []hop{step("ada", "a"), step("a", "b"), step("b", "a"), step("b", "t")}, []string{"a", "b"}},
		{"not beyond the subject", []hop{step("ada", "a"), step("a", "t"), step("t", "u")}, []string{"a"}},
		{"the holder by itself", []hop{step("ada", "t")}, nil},
	} {
		p := primary{hop: hop{holder: "ada", subject: "t"}}
		var got []string
		for _, ref := range p.through(test.way) {
			got = append(got, ref.Key)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.reason, diff)
		}
	}
}

func TestCodes(t *testing.T) {
	for spelling, want := range map[string]bool{
		"votingRights": true, "voting-rights": true, "VOTING RIGHTS": true, "voting_rights": true, "votes": false, "": true, "–": false,
	} {
		if _, known := interestTypes.find(spelling); known != want {
			t.Errorf("%q: %v; want %v", spelling, known, want)
		}
	}
	for spelling, want := range map[string]ownership.Directness{"Direct": ownership.Direct, "INDIRECT": ownership.Indirect, "both": ownership.UnknownDirectness} {
		if got := directnesses.of(spelling); got != want {
			t.Errorf("%q: %v; want %v", spelling, got, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, test := range []struct{ text, first, last string }{
		{"2026", "2026-01-01", "2026-12-31"},
		{"2026-02", "2026-02-01", "2026-02-28"},
		{"2026-02-03", "2026-02-03", "2026-02-03"},
		{"0001-01-01", "0001-01-01", "0001-01-01"},
		{"2026-02-03T23:30:00-05:00", "2026-02-03", "2026-02-03"},
		{"2026-02-03t23:30:60z", "2026-02-03", "2026-02-03"},
		{"2026-02-03 10:00", "2026-02-03", "2026-02-03"},
		{"2026-02-03Z", "2026-02-03", "2026-02-03"},
		{"2026-02-03+01:00", "2026-02-03", "2026-02-03"},
		{"2026-02-03 - 2027-01-01", "", ""},
		{"2026-02-03-2027", "", ""},
		{"2026-02-30", "", ""},
		{"soon", "", ""},
	} {
		p, ok := parsePeriod(test.text)
		got := [2]string{}
		if ok {
			got = [2]string{p.first.Format(time.DateOnly), p.last.Format(time.DateOnly)}
		}
		if want := [2]string{test.first, test.last}; got != want {
			t.Errorf("%q: %v; want %v", test.text, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2016-12-31T23:59:60Z":       "2017-01-01T00:00:00Z",
		"2026-01-02t03:04:05z":       "2026-01-02T03:04:05Z",
		"2026-01-02 03:04:05":        "2026-01-02T03:04:05Z",
		"2026-01-02T03:04:05.5Z":     "2026-01-02T03:04:05.5Z",
		"2026-01-02T03:04:60.5Z":     "2026-01-02T03:05:00.5Z",
		"2026-01-02T03:04:05+0100":   "2026-01-02T02:04:05Z",
		"2026-01-02T03:04:05+01:00":  "2026-01-02T02:04:05Z",
		"2026-01-02T03:04Z":          "2026-01-02T03:04:00Z",
		"2026-01-02T03:04:61Z":       "",
		"2026-01-02":                 "",
		"2026-01-02T":                "",
		"2026-01-02x03:04:05Z":       "",
		"2026-01-02T03:04:05Z later": "",
	} {
		got := ""
		if at, ok := parseTime(text); ok {
			got = at.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %s; want %s", text, got, want)
		}
	}
}

func TestDatesThatAreNone(t *testing.T) {
	remarks := &tally{}
	if got := remarks.since(place{}, "0001-01-01"); !got.IsZero() || len(remarks.remarks()) != 0 {
		t.Errorf("since the first day of all: %v, %v", got, remarks.remarks())
	}
	for _, still := range []ended{onThatDay, notOnThatDay} {
		if got := remarks.until(place{}, "0001-01-01", still); !got.IsZero() {
			t.Errorf("until a day that programs write for none: %v", got)
		}
	}
	if got := remarks.remarked[UnreadDate].count; got != 2 {
		t.Errorf("%d remarks; want 2", got)
	}
}
