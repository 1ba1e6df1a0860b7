package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/bench/report"
	"github.com/domicile-dev/domicile/webhook"
)

// aim is how much the handler takes at most, beside the other two together.
const aim = 1.5

// block is how long each takes its turn.
const block = 10 * time.Millisecond

// plain reads and answers, and does nothing besides.
func plain(w http.ResponseWriter, r *http.Request) {
	if _, err := io.ReadAll(r.Body); err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Response: &admissionv1.AdmissionResponse{UID: uid, Allowed: true},
	})
}

// pass reads all tokens of a body.
func pass(body []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	for {
		if _, err := d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the review: %w", err)
		}
	}
}

// answer is a response that is written nowhere.
type answer struct {
	header http.Header
	status int
	bytes.Buffer
}

func (a *answer) Header() http.Header    { return a.header }
func (a *answer) WriteHeader(status int) { a.status = status }

// ask has a handler answer a review.
func ask(h http.Handler, body []byte) error {
	a := &answer{header: http.Header{}}
	h.ServeHTTP(a, &http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: webhook.WorkloadPath, RawQuery: "timeout=10s"},
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	})
	if a.status != 0 && a.status != http.StatusOK || !bytes.Contains(a.Bytes(), []byte(`"allowed":true`)) {
		return fmt.Errorf("answered with %d: %s", a.status, a.Bytes())
	}
	return nil
}

// measure takes turns until the time is up.
func measure(handler http.Handler, body []byte, patience time.Duration) ([]report.Row, error) {
	contestants := []*contestant{
		{run: func() error { return ask(http.HandlerFunc(plain), body) }},
		{run: func() error { return pass(body) }},
		{run: func() error { return ask(handler, body) }},
	}
	for _, c := range contestants {
		if err := c.calibrate(); err != nil {
			return nil, err
		}
	}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		for _, c := range contestants {
			if err := c.turn(); err != nil {
				return nil, err
			}
		}
	}
	reads, passes, ours := contestants[0].each(), contestants[1].each(), contestants[2].each()
	return []report.Row{
		{Name: "reads and answers", Value: reads},
		{Name: "one strict pass", Value: passes},
		{Name: "Domicile's handler", Value: ours},
		{Name: "  memory it takes", Value: contestants[2].allocated(), Unit: report.Bytes},
		{Name: "  allocations of it", Value: contestants[2].allocations(), Unit: report.Count},
		{Name: "  allocations of what reads and answers", Value: contestants[0].allocations(), Unit: report.Count},
		{Name: "  beside the other two", Value: ours / (reads + passes), Unit: report.Ratio, Aim: aim},
	}, nil
}

// contestant is one of what is compared.
type contestant struct {
	run    func() error
	runs   int // of one turn
	turns  int
	took   time.Duration
	memory uint64
	made   uint64 // allocations
}

// calibrate finds out how often it runs in a turn.
func (c *contestant) calibrate() error {
	for c.runs = 1; ; c.runs *= 2 {
		c.took, c.turns = 0, 0
		if err := c.turn(); err != nil {
			return err
		}
		if c.took >= block {
			c.took, c.turns, c.memory, c.made = 0, 0, 0, 0
			return nil
		}
	}
}

func (c *contestant) turn() error {
	var before, after runtime.MemStats
	runtime.GC() // Nobody pays for what others have left.
	runtime.ReadMemStats(&before)
	start := program.CPU()
	for range c.runs {
		if err := c.run(); err != nil {
			return err
		}
	}
	c.took += program.CPU() - start
	runtime.ReadMemStats(&after)
	c.memory += after.TotalAlloc - before.TotalAlloc
	c.made += after.Mallocs - before.Mallocs
	c.turns++
	return nil
}

// each is how much processor time one run takes.
func (c *contestant) each() float64 { return float64(c.took) / float64(c.turns*c.runs) }

func (c *contestant) allocations() float64 { return float64(c.made) / float64(c.turns*c.runs) }

func (c *contestant) allocated() float64 { return float64(c.memory) / float64(c.turns*c.runs) }
