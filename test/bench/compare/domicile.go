package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
)

// at is the day that everybody is asked about.
var at = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)

// control is a holding of 100 %, as an edge.
const control = uint32(ownership.Whole)

// runs is how often an answer is asked for; the median counts.
const runs = 5

// domicile asks Domicile, and writes down for the others what there is to ask
// about: parties.csv (node), seeds.csv (node) and holdings.csv (holder, subject,
// kind, lower bound in units of 10⁻⁷ percent).
func domicile(r synthetic.Register, folder string) (row, error) {
	var b ownership.Builder
	r.Build(&b)
	var file bytes.Buffer
	if err := b.Layer().Encode(&file); err != nil {
		return row{}, err
	}
	begin := time.Now()
	layer, err := ownership.Decode(bytes.NewReader(file.Bytes()), 1<<36)
	if err != nil {
		return row{}, err
	}
	v := ownership.NewGraph(layer, nil).At(at)
	out := row{who: "Domicile", load: time.Since(begin)}
	seeds := seedsOf(v.Graph())

	rule := ownership.Rule{Threshold: ownership.Whole / 2, Shareholding: true, VotingRights: true, ControlRestricts: true}
	var o *ownership.Outcome
	out.answer = median(func() { o = v.Trace(rule, seeds) })
	for n := range ownership.Node(v.Graph().Len()) {
		if o.Definite(n) {
			out.restricted++
		}
	}
	file = bytes.Buffer{}
	out.memory = heap()
	runtime.KeepAlive(v)
	return out, write(v, seeds, folder)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func median(do func()) time.Duration {
	var times []time.Duration
	for range runs {
		begin := time.Now()
		do()
		times = append(times, time.Since(begin))
	}
	return middle(times)
}

func middle(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func seedsOf(g *ownership.Graph) (start ownership.Start) {
	for n := range ownership.Node(g.Len()) {
		j := g.Party(n).Jurisdictions
		for _, code := range append([]jurisdiction.Code{j.Headquarters, j.Incorporation}, j.Nationality...) {
			if slices.Contains(synthetic.Blocked, string(code)) {
				start.Seeds = append(start.Seeds, ownership.Seed{Node: n, Countries: []jurisdiction.Code{code}})
				break
			}
		}
	}
	return start
}

// write writes the files for the others.
func write(v *ownership.View, start ownership.Start, folder string) error {
	nodes := ownership.Node(v.Graph().Len())
	return errors.Join(
		writeLines(filepath.Join(folder, "parties.csv"), func(out *bufio.Writer) {
			for n := range nodes {
				fmt.Fprintf(out, "%d\n", n)
			}
		}),
		writeLines(filepath.Join(folder, "seeds.csv"), func(out *bufio.Writer) {
			for _, s := range start.Seeds {
				fmt.Fprintf(out, "%d\n", s.Node)
			}
		}),
		writeLines(filepath.Join(folder, "holdings.csv"), func(out *bufio.Writer) {
			for n := range nodes {
				for _, h := range v.Holdings(n) {
					lower := uint32(h.Share.Lower)
					if h.Kind == ownership.Control {
						lower = control
					}
					fmt.Fprintf(out, "%d,%d,%d,%d\n", h.Holder, h.Subject, h.Kind, lower)
				}
			}
		}),
	)
}
