package register

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

const (
	// compiledMagic begins a compiled register, before the checksum of its
	// heading, the heading on a line, and the layer.
	compiledMagic = compiledBegin + "2 "
	compiledBegin = "DOMICILE-REGISTER "
	maxHeading    = 1 << 16
)

// heading is what a compiled register says of itself: what depends on the
// options that it was read with, and what its report said.
type heading struct {
	Format        string `json:"format"`
	Consolidation string `json:"consolidation,omitempty"`
	Branches      string `json:"branches,omitempty"`
	Report        Report `json:"report"`
}

// Compile writes a layer as a file that Read takes as a register of the same
// format. The report is what reading that file will report, too.
func Compile(w io.Writer, layer *ownership.Layer, report Report, o Options) error {
	h := heading{Format: o.Format.String(), Report: report}
	if o.Format == GLEIF {
		h.Consolidation, h.Branches = o.Consolidation.String(), o.Branches.String()
	}
	line, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%s%08x\n%s\n", compiledMagic, crc32.ChecksumIEEE(line), line); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	if err := layer.Encode(w); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	return nil
}

// IsCompiled says whether a file begins as Compile writes it.
func IsCompiled(begin []byte) bool { return bytes.HasPrefix(begin, []byte(compiledMagic)) }

// errNotCompiled ends the look at a file that was not compiled.
var errNotCompiled = errors.New("not a compiled register")

// readCompiled reads a file if it is a compiled one.
func readCompiled(open opener, f File, o Options) (layer *ownership.Layer, report Report, found bool, err error) {
	err = open.each(f, func(name string, r *bufio.Reader) error {
		begin, err := r.Peek(len(compiledMagic))
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !IsCompiled(begin) {
			if bytes.HasPrefix(begin, []byte(compiledBegin)) {
				return fmt.Errorf("%s: it was compiled by another version of kubectl domicile: compile the register's files again with this one", name)
			}
			if ownership.IsLayer(begin) {
				return fmt.Errorf("%s: a layer that does not say of which format it was compiled", name)
			}
			return errNotCompiled
		}
		if found {
			return fmt.Errorf("%s: a compiled register stands alone", name)
		}
		found = true
		if layer, report, err = decodeCompiled(r, o); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if errors.Is(err, errNotCompiled) && !found {
		err = nil
	}
	if err != nil {
		return nil, Report{}, found, err
	}
	return layer, report, found, nil
}

func decodeCompiled(r *bufio.Reader, o Options) (*ownership.Layer, Report, error) {
	var h heading
	first, err := r.ReadSlice('\n')
	if err != nil {
		return nil, Report{}, errors.New("the compiled register is damaged: it has no heading")
	}
	sum := string(bytes.TrimSuffix(first[len(compiledMagic):], []byte{'\n'}))
	line, err := r.ReadSlice('\n')
	if err != nil || len(line) > maxHeading {
		return nil, Report{}, errors.New("the compiled register is damaged: it has no heading")
	}
	line = line[:len(line)-1]
	if fmt.Sprintf("%08x", crc32.ChecksumIEEE(line)) != sum {
		return nil, Report{}, errors.New("the compiled register is damaged: the checksum of its heading is wrong")
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, Report{}, fmt.Errorf("the compiled register is damaged: %w", err)
	}
	if h.Format != o.Format.String() {
		return nil, Report{}, fmt.Errorf("it was compiled from a register of format %s; expected %s", quote(h.Format), o.Format)
	}
	if o.Format == GLEIF && h.Consolidation != o.Consolidation.String() {
		return nil, Report{}, fmt.Errorf("it was compiled with consolidation: %s; expected %s", quote(h.Consolidation), o.Consolidation)
	}
	if o.Format == GLEIF && h.Branches != o.Branches.String() {
		return nil, Report{}, fmt.Errorf("it was compiled with branches: %s; expected %s", quote(h.Branches), o.Branches)
	}
	layer, err := ownership.Decode(r, o.maxBytes())
	if err != nil {
		return nil, Report{}, err
	}
	h.Report.Compiled = true
	h.Report.Parties, h.Report.Interests = int64(layer.Parties()), int64(layer.Interests())
	h.Report.Refusals = bounded(h.Report.Refusals)
	h.Report.Remarks = h.Report.Remarks[:min(len(h.Report.Remarks), int(remarkKinds))]
	for i := range h.Report.Remarks {
		h.Report.Remarks[i].First = bounded(h.Report.Remarks[i].First)
	}
	return layer, h.Report, nil
}

// bounded is a list of refusals from elsewhere, cut to what Read would give.
func bounded(all []Refusal) []Refusal {
	all = all[:min(len(all), maxListed)]
	for i, r := range all {
		all[i] = Refusal{cut.Prefix(r.File, maxName), max(r.Line, 0), cut.Prefix(r.Record, maxQuoted), cut.Prefix(r.Message, maxMessage)}
	}
	return all
}
