package faults

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// answer is what somebody was told.
type answer int

const (
	unanswered answer = iota // nobody was there, or who was could not decide
	unknown                  // refused because a register is missing
	admitted
	refused
	mirrored // refused by the mirror
	strange  // a refusal that is none of Domicile's reasons for these tenants
)

// read says what an error is.
func read(err error) answer {
	if err == nil {
		return admitted
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return unanswered // the connection
	}
	s := status.Status()
	mirror, ours := strings.Contains(s.Message, "ValidatingAdmissionPolicy 'domicile"), strings.Contains(s.Message, "domicile.dev")
	switch {
	case mirror:
		return mirrored
	case s.Code >= http.StatusInternalServerError, s.Code == http.StatusTooManyRequests, !ours:
		return unanswered
	case s.Details == nil || len(s.Details.Causes) != 1:
		return strange
	}
	switch s.Details.Causes[0].Type {
	case "RestrictedJurisdiction":
		return refused
	case "RegisterUnavailable", "PartyNotFound":
		return unknown
	default:
		return strange
	}
}

// counts are how many requests there were, and how many of which kind. Unasked are
// admissions of who is restricted while the configuration was not there, and late are
// refusals by the mirror of who is clear again.
type counts struct{ requests, wrongAdmissions, wrongRefusals, unanswered, unasked, late int }

// tally is what is counted while a fault is there.
type tally struct {
	mu sync.Mutex
	counts
	last  time.Time     // when somebody was last answered
	lag   time.Duration // how late the mirror was
	gap   time.Duration
	why   map[string]int // why there was no answer
	wrong []string
}

func newTally() *tally { return &tally{last: time.Now(), why: map[string]int{}} }

// most is how many wrong answers are told in words.
const most = 10

// add counts an answer for a tenant. Asked is false if the API server may have had
// nobody to ask.
func (t *tally) add(s *subject, sent, now time.Time, err error, asked bool) answer {
	free, restricted := s.possible(sent, now)
	a := read(err)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests++
	if a == unanswered || a == unknown {
		t.unanswered++
		t.why[short(err)]++
		return a
	}
	t.gap = max(t.gap, now.Sub(t.last))
	t.last = now
	switch {
	case a == admitted && !free && !asked:
		t.unasked++
		return a
	case a == admitted && !free:
		t.wrongAdmissions++
	case a == mirrored && !restricted && s.lag(now) < mirrorBound:
		t.late++
		t.lag = max(t.lag, s.lag(now))
		return a
	case (a == refused || a == mirrored) && !restricted, a == strange:
		t.wrongRefusals++
	default:
		return a
	}
	if len(t.wrong) < most {
		t.wrong = append(t.wrong, fmt.Sprintf("%s at %s: %v", s.name, sent.Format("15:04:05.000"), err))
	}
	return a
}

// short is an error without what differs each time.
func short(err error) string {
	text := err.Error()
	if _, after, ok := strings.Cut(text, "failed to call webhook: "); ok {
		text = after
	}
	for _, port := range ports.FindAllString(text, -1) {
		text = strings.ReplaceAll(text, port, ":…")
	}
	text = names.ReplaceAllString(text, "…")
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return text
}

// row is a line of the table.
type row struct {
	name, what, command string
	*tally
}

func (t *tally) reasons() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, why := range slices.SortedFunc(maps.Keys(t.why), func(a, b string) int { return t.why[b] - t.why[a] }) {
		fmt.Fprintf(&b, "\n%6d %s", t.why[why], why)
	}
	return b.String()
}

// table is what docs/reliability.md has.
func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| fault | what is done | requests | wrong admissions | wrong refusals | unanswered | longest gap | `make test-faults` with |\n")
	b.WriteString("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range rows {
		admissions := fmt.Sprint(r.wrongAdmissions)
		if r.unasked > 0 {
			admissions += fmt.Sprintf(" (%d unasked)", r.unasked)
		}
		refusals := fmt.Sprint(r.wrongRefusals)
		if r.late > 0 {
			refusals += fmt.Sprintf(" (%d by the mirror, up to %.0f s late)", r.late, r.lag.Seconds())
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %d | %.1f s | `%s` |\n", r.name, r.what, r.requests, admissions, refusals, r.unanswered, r.gap.Seconds(), r.command)
	}
	return b.String()
}

func TestAWrongAnswerIsCounted(t *testing.T) {
	now := time.Now()
	forbidden := func(reason, message string) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Code: 403, Message: message, Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{{Type: metav1.CauseType(reason)}}}}}
	}
	refusal := forbidden("RestrictedJurisdiction", `admission webhook "workloads.domicile.dev" denied the request`)
	free := &subject{name: "clear", history: &history{states: []state{{false, now.Add(-2 * bound), now.Add(-2 * bound)}}}}
	restricted := &subject{name: "restricted", history: &history{states: []state{{true, now.Add(-time.Hour), now.Add(-time.Hour)}}}}
	for _, tc := range []struct {
		reason  string
		of      *subject
		err     error
		unasked bool
		want    counts
	}{
		{"clear and admitted", free, nil, false, counts{}},
		{"restricted and refused", restricted, refusal, false, counts{}},
		{"restricted and admitted", restricted, nil, false, counts{wrongAdmissions: 1}},
		{"nobody was asked", restricted, nil, true, counts{unasked: 1}},
		{"clear and refused", free, refusal, false, counts{wrongRefusals: 1}},
		{"refused for something else", restricted, forbidden("NoTenant", `admission webhook "workloads.domicile.dev" denied the request`), false, counts{wrongRefusals: 1}},
		{"somebody else refuses", free, forbidden("", "no ServiceAccount yet"), false, counts{unanswered: 1}},
		{"the mirror is behind", free, forbidden("", "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'domicile-mirror' denied request"), false, counts{late: 1}},
		{"without a register nobody is clear", free, forbidden("RegisterUnavailable", `admission webhook "workloads.domicile.dev" denied the request`), false, counts{unanswered: 1}},
		{"503", free, &apierrors.StatusError{ErrStatus: metav1.Status{Code: 503, Message: `admission webhook "workloads.domicile.dev" denied the request`}}, false, counts{unanswered: 1}},
		{"the connection", restricted, errors.New("connection refused"), false, counts{unanswered: 1}},
	} {
		got := newTally()
		got.add(tc.of, now, now, tc.err, !tc.unasked)
		tc.want.requests = 1
		if got.counts != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.reason, got.counts, tc.want)
		}
	}
}
