package expectation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Difference is what is otherwise with one object than a case expects.
type Difference struct {
	// Resource is the object.
	Resource Resource
	// Lines say each a difference, for people.
	Lines []string
}

// Compare compares what a runner got with what a case expects. A message, path
// or part of an exemption that the case does not give may be anything; no
// decisions and an empty list of them are the same.
func Compare(want, got []Result) []Difference {
	var all []Difference
	pairs := align(want, got, func(a, b Result) bool { return a.Resource == b.Resource })
	for _, p := range pairs {
		d := Difference{}
		switch {
		case p.got == nil:
			d.Resource, d.Lines = p.want.Resource, []string{"it is expected, and is not in the input"}
		case p.want == nil:
			d.Resource, d.Lines = p.got.Resource, []string{"it is in the input, and nothing is expected of it"}
		default:
			d.Resource, d.Lines = p.got.Resource, p.want.differences(p.got)
		}
		if p.moved {
			d.Lines = append(d.Lines, "it stands in another place than in the input: results have the order of the input")
		}
		if len(d.Lines) > 0 {
			all = append(all, d)
		}
	}
	return all
}

// Diff is what Compare finds, as text; "" is nothing.
func Diff(want, got []Result) string {
	var out strings.Builder
	for _, d := range Compare(want, got) {
		fmt.Fprintf(&out, "%s\n", d.Resource)
		for _, line := range d.Lines {
			fmt.Fprintf(&out, "  %s\n", line)
		}
	}
	return out.String()
}

func (want *Result) differences(got *Result) []string {
	var lines []string
	if want.Allowed != got.Allowed {
		lines = append(lines, fmt.Sprintf("it is %s; expected: %s", admitted(got.Allowed), admitted(want.Allowed)))
	}
	for _, p := range align(want.Decisions, got.Decisions, sameQuestion) {
		switch {
		case p.got == nil:
			lines = append(lines, fmt.Sprintf("%s: no decision; expected: %s", p.want.of(), p.want.what()))
		case p.want == nil:
			lines = append(lines, fmt.Sprintf("%s: %s; expected: no decision", p.got.of(), p.got.what()))
		default:
			lines = append(lines, p.want.differences(p.got)...)
		}
		if p.moved {
			lines = append(lines, (p.want.of())+": it is expected in another place of the list")
		}
	}
	return lines
}

func admitted(allowed bool) string {
	if allowed {
		return "allowed"
	}
	return "denied"
}

func sameQuestion(a, b Decision) bool { return a.Policy == b.Policy && a.Tenant == b.Tenant }

// of says whose decision it is, and about whom.
func (d *Decision) of() string {
	s := "without a policy"
	if d.Policy != "" {
		s = "policy " + d.Policy
	}
	if d.Tenant != "" {
		s += ", tenant " + d.Tenant
	}
	return s
}

func (d *Decision) what() string { return fmt.Sprintf("%s (%s), %s", d.Verdict, d.Reason, d.Action) }

func (d *Decision) differences(got *Decision) []string {
	var lines []string
	differ := func(what, want, got string) {
		lines = append(lines, fmt.Sprintf("%s: %s is %s; expected: %s", d.of(), what, cmp.Or(got, "none"), cmp.Or(want, "none")))
	}
	if d.Verdict != got.Verdict || d.Reason != got.Reason || d.Action != got.Action {
		lines = append(lines, fmt.Sprintf("%s: %s; expected: %s", d.of(), got.what(), d.what()))
	}
	if d.Message != "" && d.Message != got.Message {
		differ("the message", d.Message, got.Message)
	}
	if d.Path != nil && !slices.Equal(d.Path, got.Path) {
		differ("the path", strings.Join(d.Path, " | "), strings.Join(got.Path, " | "))
	}
	if !slices.EqualFunc(d.Exemptions, got.Exemptions, Exemption.covers) {
		differ("its exemption", exemptions(d.Exemptions), exemptions(got.Exemptions))
	}
	if len(lines) > 0 && d.Message == "" && got.Message != "" {
		lines = append(lines, "  because: "+got.Message)
	}
	return lines
}

// covers says whether an exemption is the one that is expected, as far as that
// is given.
func (want Exemption) covers(got Exemption) bool {
	given := func(want, got string) bool { return want == "" || want == got }
	return want.Name == got.Name && given(want.Tenant, got.Tenant) && given(want.Reference, got.Reference) && given(want.ExpiresAt, got.ExpiresAt)
}

func exemptions(all []Exemption) string {
	var names []string
	for _, e := range all {
		name := e.Name
		for _, more := range []string{e.Tenant, e.Reference, e.ExpiresAt} {
			if more != "" {
				name += ", " + more
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, " | ")
}

// pair is what is expected and what came out; nil if there is none.
type pair[T any] struct {
	want, got *T
	// moved says that the order is another.
	moved bool
}

// align finds for everything that is expected what came out for it, and puts
// what is left over at the end.
func align[T any](want, got []T, same func(a, b T) bool) []pair[T] {
	var pairs []pair[T]
	taken := make([]bool, len(got))
	last := -1
	for i := range want {
		p := pair[T]{want: &want[i]}
		for j := range got {
			if !taken[j] && same(want[i], got[j]) {
				taken[j], p.got, p.moved = true, &got[j], j < last
				last = max(last, j)
				break
			}
		}
		pairs = append(pairs, p)
	}
	for j := range got {
		if !taken[j] {
			pairs = append(pairs, pair[T]{got: &got[j]})
		}
	}
	return pairs
}
