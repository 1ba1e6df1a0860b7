package register

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

// maxListed is how many refusals and remarks are kept.
const maxListed = 10

// place is where a record stands.
type place struct {
	file   int // which one, in the order of reading
	name   string
	line   int64
	record string
}

// tally counts what was refused and what was remarked upon.
type tally struct {
	records  int64
	refused  list
	remarked [remarkKinds]list
	known    map[string]jurisdiction.Reading // by spelling
}

// list keeps the first few by file and line, in whatever order they come.
type list struct {
	count int64
	kept  []listed
}

type listed struct {
	at      place
	message string
}

func (l *list) add(at place, message string) {
	l.count++
	if len(l.kept) == maxListed && compareListed(listed{at, message}, l.kept[maxListed-1]) >= 0 {
		return
	}
	at.record, at.name = strings.Clone(at.record), strings.Clone(at.name)
	l.kept = append(l.kept, listed{at, strings.Clone(cut.Prefix(message, maxMessage))})
	slices.SortStableFunc(l.kept, compareListed)
	l.kept = l.kept[:min(len(l.kept), maxListed)]
}

func compareListed(a, b listed) int {
	return cmp.Or(cmp.Compare(a.at.file, b.at.file), cmp.Compare(a.at.line, b.at.line))
}

func (l *list) refusals() []Refusal {
	var all []Refusal
	for _, k := range l.kept {
		all = append(all, Refusal{File: tidy(k.at.name), Line: k.at.line, Record: cut.Prefix(tidy(k.at.record), maxQuoted), Message: k.message})
	}
	return all
}

// refuse counts a record that is not used.
func (t *tally) refuse(at place, format string, args ...any) {
	t.refused.add(at, fmt.Sprintf(format, args...))
}

// remark counts something that was not read for what it was meant.
func (t *tally) remark(kind RemarkKind, at place, format string, args ...any) {
	t.remarked[kind].add(at, fmt.Sprintf(format, args...))
}

// remarks are those of each kind of which there are any.
func (t *tally) remarks() []Remarks {
	var all []Remarks
	for kind := range remarkKinds {
		if l := &t.remarked[kind]; l.count > 0 {
			all = append(all, Remarks{Kind: kind, Count: l.count, First: l.refusals()})
		}
	}
	return all
}
