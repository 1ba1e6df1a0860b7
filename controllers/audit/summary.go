package audit

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/scan"
)

// maxResults bounds a report.
const maxResults = 250

// counts has how much of what a policy covers belongs to Restricted tenants.
type counts struct {
	workloads, apiKeys int32
	gpus               int64
}

// kind is what findings are counted by, for metrics.
type kind struct {
	verdict, result string
}

// summary is what was found in a namespace.
type summary struct {
	// findings are the first ones, until they have been written.
	findings findings
	// own are those about the Namespace itself, which is in none.
	own findings
	// affected has the counts of each policy.
	affected map[string]counts
	// tenants are all that are claimed.
	tenants map[string]bool
	// violations counts findings by tenant and by policy.
	violations map[violation]int
	kinds      map[kind]int
}

// violation is what is counted for events.
type violation struct {
	tenant, policy string
}

// findings are the first of some, and how many there are.
type findings struct {
	first      []*finding
	fail, warn int
}

// add counts a finding, and keeps it with its sentence as long as there is room.
func (f *findings) add(one *finding, d residency.Decision) {
	if one.result == resultFail {
		f.fail++
	} else {
		f.warn++
	}
	if len(f.first) < maxResults {
		one.say(d)
		f.first = append(f.first, one)
	}
}

func (f *findings) total() int { return f.fail + f.warn }

// collection is the summaries of one scan.
type collection struct {
	summaries map[string]*summary
	// violating has the findings of objects that may have made others.
	violating map[types.UID]map[key]*finding
	// counted are the policies for which an object was counted as a workload.
	counted map[types.UID]map[string]bool
}

func newCollection() *collection {
	return &collection{
		summaries: map[string]*summary{},
		violating: map[types.UID]map[key]*finding{}, counted: map[types.UID]map[string]bool{},
	}
}

func (c *collection) in(namespace string) *summary {
	s := c.summaries[namespace]
	if s == nil {
		s = &summary{
			affected: map[string]counts{}, tenants: map[string]bool{},
			violations: map[violation]int{}, kinds: map[kind]int{},
		}
		c.summaries[namespace] = s
	}
	return s
}

// add takes in an object.
func (c *collection) add(f *scan.Found) {
	namespace := f.Content.GetNamespace()
	if f.Object.IsNamespace() {
		namespace = f.Content.GetName()
	}
	s := c.in(namespace)
	s.claim(f.Object)
	for _, d := range f.Decisions {
		if d.Policy != "" && d.Verdict == residency.Restricted {
			c.count(s, f, d.Policy)
		}
		if violates(d) {
			c.violation(s, f, d)
		}
	}
}

// claim notes whose an object says to be.
func (s *summary) claim(o *residency.Object) {
	claims := []residency.Claims{o.Claims}
	if o.Namespace != nil {
		claims = append(claims, o.Namespace.Claims, residency.Claims{Tenants: o.Namespace.Tenants()})
	}
	for _, c := range claims {
		for _, list := range [][]residency.Claim{c.Tenants, c.OnBehalfOf} {
			for _, claim := range list {
				s.tenants[claim.Tenant] = true
			}
		}
	}
}

// count counts an object of a Restricted tenant. What something else made is
// part of that, if that is counted.
func (c *collection) count(s *summary, f *scan.Found, policy string) {
	n := s.affected[policy]
	n.gpus += f.GPUs
	switch {
	case f.Object.IsNamespace():
	case f.Resource.Group == "" && f.Resource.Resource == "secrets":
		n.apiKeys++
	default:
		if !c.counted[f.Maker][policy] {
			n.workloads++
		}
		c.note(f, policy)
	}
	s.affected[policy] = n
}

// note remembers that an object is counted, and all that it makes with it.
func (c *collection) note(f *scan.Found, policy string) {
	uid := f.Content.GetUID()
	if !makes(f) {
		return
	}
	if c.counted[uid] == nil {
		c.counted[uid] = map[string]bool{}
	}
	c.counted[uid][policy] = true
}

// makes says whether an object may have made others that are covered.
func makes(f *scan.Found) bool {
	return f.Content.GetUID() != "" && (f.Resource.Resource != "pods" || f.Resource.Group != "")
}

// violation takes in a violation. That of an object which another one made, and
// which has the same finding, is part of that.
func (c *collection) violation(s *summary, f *scan.Found, d residency.Decision) {
	k := keyOf(d)
	if maker := c.violating[f.Maker][k]; f.Maker != "" && maker != nil {
		maker.children++
		c.remember(f, k, maker)
		return
	}
	one := newFinding(f, d)
	c.remember(f, k, one)
	s.violations[violation{d.Tenant, k.policy}]++
	s.kinds[kind{k.verdict, one.result}]++
	if f.Object.IsNamespace() {
		s.own.add(one, d)
		return
	}
	s.findings.add(one, d)
}

func (c *collection) remember(f *scan.Found, k key, one *finding) {
	if !makes(f) {
		return
	}
	uid := f.Content.GetUID()
	if c.violating[uid] == nil {
		c.violating[uid] = map[key]*finding{}
	}
	c.violating[uid][k] = one
}
