package ownership

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
)

// The reasons of problems.
const (
	// ProblemDuplicateKey: one key is declared twice, with different data.
	ProblemDuplicateKey = "DuplicateKey"
	// ProblemConflictingType: declarations of one party differ in its type; the
	// first by key counts.
	ProblemConflictingType = "ConflictingType"
	// ProblemConflictingJurisdiction: declarations of one party differ in its
	// headquarters or incorporation; all of them count.
	ProblemConflictingJurisdiction = "ConflictingJurisdiction"
	// ProblemPartyNotLoaded: an interest refers to a party that is nowhere.
	ProblemPartyNotLoaded = "PartyNotLoaded"
	// ProblemInvalidReference: a party without a name or an interest in nobody;
	// it is left out.
	ProblemInvalidReference = "InvalidReference"
	// ProblemInvalidShare: a share that is no range within 0 and 100 %; it
	// counts as unknown.
	ProblemInvalidShare = "InvalidShare"
	// ProblemInvalidPeriod: an interest that ends before it begins; it is left
	// out.
	ProblemInvalidPeriod = "InvalidPeriod"
	// ProblemSelfHolding: a party holds an interest in itself because several
	// declarations are of one party; it counts as possible own shares.
	ProblemSelfHolding = "SelfHolding"
	// ProblemMoreThanWhole: the holders of one kind in a party certainly hold
	// more than 100 % together.
	ProblemMoreThanWhole = "MoreThanWhole"
)

// Problem is a contradiction in the data; it is never fatal.
type Problem struct {
	// Party is the Label of the party that it is about.
	Party   string
	Reason  string // one of the constants
	Message string // for people; it names no other party than those involved
}

const (
	// maxProblems bounds how many problems of one reason are listed.
	maxProblems = 1000
	// maxName bounds how much of a name stands in a message, in bytes.
	maxName = 100
)

// problems collects problems in the order in which they are found, which is
// the same for the same data.
type problems struct {
	listed  []problem
	count   map[string]int // by reason
	leftOut int
}

// problem is a Problem about a node, or nobody.
type problem struct {
	node            Node
	reason, message string
}

// nobody is no node.
const nobody Node = -1

func (p *problems) add(n Node, reason, format string, args ...any) {
	p.addOne(reason, func() problem { return problem{n, reason, fmt.Sprintf(format, args...)} })
}

func (p *problems) addOne(reason string, one func() problem) {
	if p.count == nil {
		p.count = map[string]int{}
	}
	if p.count[reason] == maxProblems {
		p.leftOut++
		return
	}
	p.count[reason]++
	p.listed = append(p.listed, one())
}

// take adds other problems.
func (p *problems) take(others *problems) {
	for _, one := range others.listed {
		p.addOne(one.reason, func() problem { return one })
	}
	p.leftOut += others.leftOut
}

// list makes Problems of what was added.
func (p *problems) list(label func(Node) string) []Problem {
	list := make([]Problem, 0, len(p.listed))
	for _, one := range p.listed {
		listed := Problem{Reason: one.reason, Message: one.message}
		if one.node != nobody {
			listed.Party = label(one.node)
		}
		list = append(list, listed)
	}
	return list
}

// quoted makes any name safe to stand in a message.
func quoted(name string) string { return cut.QuoteName(name, maxName) }

// sort puts problems in an order that does not tell in which they were added.
func (p *problems) sort() {
	slices.SortFunc(p.listed, func(a, b problem) int {
		return cmp.Or(strings.Compare(a.reason, b.reason), cmp.Compare(a.node, b.node), strings.Compare(a.message, b.message))
	})
}
