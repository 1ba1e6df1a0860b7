package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/expectation"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/check"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// maxBytes is how large the file of a case may be.
const maxBytes = 32 << 20

// outcome is what came out of a case.
type outcome struct {
	file string
	// comment is what the case is for.
	comment     string
	differences []expectation.Difference
	// places is where the objects of differences stand.
	places map[expectation.Resource]manifest.Position
	// wrong is what is wrong with the case; it has not been run.
	wrong []*manifest.Error
}

// shared is what belongs to every case.
type shared struct {
	objects   []manifest.Object
	registers world.Registers
}

// shared reads what is named with -f. What is wrong with it is told once.
func (o *options) shared(ctx context.Context) (shared, error) {
	var s shared
	var err error
	if s.registers, err = o.Registers(); err != nil {
		return s, err
	}
	if !o.Given() {
		if len(s.registers) > 0 {
			return s, errors.New("--register is about registers of -f; the data of a register in a case stands in the case")
		}
		return s, nil
	}
	if s.objects, err = o.Objects(o.streams); err != nil {
		return s, err
	}
	m, errs := world.FromManifests(ctx, s.objects, world.Options{Registers: s.registers})
	if len(errs) > 0 {
		return s, input.NewError(errs)
	}
	o.Skipped(o.streams, m)
	if others := len(m.Objects); others > 0 {
		fmt.Fprintf(o.streams.ErrOut, "%d of the objects in -f are not of Domicile's kinds: nothing is expected of them\n", others)
	}
	return s, nil
}

// runFile runs the case of a file.
func (s shared) runFile(ctx context.Context, file string) outcome {
	out := outcome{file: file}
	text, err := read(file)
	if err != nil {
		out.wrong = []*manifest.Error{{Position: manifest.Position{File: file}, Err: err}}
		return out
	}
	c, wrong := expectation.Parse(file, text)
	out.comment = c.Comment
	if out.wrong = wrong; len(wrong) > 0 {
		return out
	}
	m, wrong := s.world(ctx, &c)
	if out.wrong = wrong; len(wrong) > 0 {
		return out
	}
	results := check.Evaluate(m, c.At).Results
	// What is in -f is no part of the case.
	results = slices.DeleteFunc(results, func(r report.Result) bool { return r.Position.File != file })
	if len(results) == 0 {
		out.wrong = []*manifest.Error{{
			Position: manifest.Position{File: file, Line: c.InputLine, Column: 1},
			Err:      errors.New("there is no object to be created in the input, and so nothing is tested"),
		}}
		return out
	}
	out.places = map[expectation.Resource]manifest.Position{}
	var got []expectation.Result
	for _, r := range results {
		one := resultOf(r)
		out.places[one.Resource] = r.Position
		got = append(got, one)
	}
	out.differences = expectation.Compare(c.Expected, got)
	return out
}

func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // Nothing is lost: it was only read.
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("larger than %d MiB", maxBytes>>20)
	}
	return text, err
}

// world is that of a case. Its registers have their files in a folder of their
// own for as long as they are read.
func (s shared) world(ctx context.Context, c *expectation.Case) (m *world.Manifests, errs []*manifest.Error) {
	fail := func(err error) {
		errs = append(errs, &manifest.Error{Position: manifest.Position{File: c.File}, Err: err})
	}
	folder, err := os.MkdirTemp("", "domicile-test-")
	if err != nil {
		fail(err)
		return nil, errs
	}
	defer func() {
		if err := os.RemoveAll(folder); err != nil {
			fail(err)
		}
	}()
	for _, f := range c.Files {
		name := filepath.Join(folder, f.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, f.Data, 0o600)); err != nil {
			fail(err)
			return nil, errs
		}
	}
	// Empty lines make the lines of the input those of the file.
	padded := append(bytes.Repeat([]byte("\n"), c.InputLine-1), c.Input...)
	objects, errs := manifest.Read(c.File, bytes.NewReader(padded), manifest.DefaultLimits)
	places, unread := s.places(c, objects, folder)
	for _, name := range unread {
		errs = append(errs, &manifest.Error{
			Position: manifest.Position{File: c.File, Line: c.LineOf(name) - 1, Column: 1},
			Err:      fmt.Errorf("no OwnershipRegister of the input reads %s: none has it in spec.source.file.paths", name),
		})
	}
	m, more := world.FromManifests(ctx, slices.Concat(s.objects, objects), world.Options{Registers: places})
	return m, append(errs, more...)
}

// places says where the data of registers is, and which files nobody reads.
func (s shared) places(c *expectation.Case, objects []manifest.Object, folder string) (places world.Registers, unread []string) {
	places = world.Registers{}
	for name, paths := range s.registers {
		places[name] = paths
	}
	read := map[string]bool{}
	for i := range objects {
		o := &objects[i]
		if !world.IsRegister(o) {
			continue
		}
		places[o.Name()] = []string{""}
		for _, pattern := range world.PathsOf(o) {
			for _, f := range c.Files {
				if matched, err := path.Match(pattern, f.Name); err == nil && matched {
					places[o.Name()] = []string{folder}
					read[f.Name] = true
				}
			}
		}
	}
	for _, f := range c.Files {
		if !read[f.Name] {
			unread = append(unread, f.Name)
		}
	}
	return places, unread
}

func resultOf(r report.Result) expectation.Result {
	out := expectation.Result{Resource: expectation.Resource(r.Resource), Allowed: r.Allowed}
	for _, d := range r.Decisions {
		one := expectation.Decision{
			Policy: d.Policy, Tenant: d.Tenant, Verdict: d.Verdict, Reason: d.Reason, Action: d.Action, Message: d.Message, Path: d.Path,
		}
		for _, e := range d.Exemptions {
			one.Exemptions = append(one.Exemptions, expectation.Exemption(e))
		}
		out.Decisions = append(out.Decisions, one)
	}
	return out
}

// title is the first line of what a case is for.
func (o *outcome) title() string {
	first, _, _ := strings.Cut(o.comment, "\n")
	return first
}
