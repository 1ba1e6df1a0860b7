package growth

import (
	"fmt"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// Look is where Pods are that have the place of a new one.
type Look struct {
	// Fields are what the API server selects Pods by.
	Fields string
	// Lost says that only those count which their maker does not count any more.
	Lost bool
}

// Looks says where to look before a Pod is made. That is nowhere where Pods have names of
// their own: there is no second one. It is false if the Pod does not say for which node
// it is.
func (m Maker) Looks(pod map[string]any) ([]Look, bool) {
	const runs = "status.phase!=Succeeded,status.phase!=Failed"
	switch m.Kind.Kind {
	case "StatefulSet":
		return nil, true
	case "DaemonSet":
		node := nodeOf(pod)
		return []Look{{Fields: runs + ",spec.nodeName=" + node}, {Fields: runs + ",spec.nodeName=", Lost: true}}, node != ""
	default:
		return []Look{{Fields: runs}}, true
	}
}

// nodeOf is the node that a DaemonSet's Pod is for.
func nodeOf(pod map[string]any) string {
	terms, _ := valueAt(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").([]any)
	if len(terms) == 0 {
		return ""
	}
	fields, _ := valueAt(terms[0], "matchFields").([]any)
	for _, f := range fields {
		values, _ := valueAt(f, "values").([]any)
		if valueAt(f, "key") == "metadata.name" && valueAt(f, "operator") == "In" && len(values) == 1 {
			if node := textOf(values[0]); !strings.ContainsAny(node, ",=!\\") {
				return node
			}
		}
	}
	return ""
}

// Pod is what is known of a Pod that has not ended.
type Pod struct {
	Name string
	// Maker is the UID of whom it says it is made for.
	Maker string
	// Ends is when it has to have ended; zero if nobody deletes it.
	Ends time.Time
}

// Room is how many Pods a maker may have, and which it has.
type Room struct {
	maker Maker
	owner map[string]any
	limit int64
	taken int64
}

// Room is that of a maker as it is now. Nothing is taken yet.
func (m Maker) Room(owner map[string]any) *Room {
	r := &Room{maker: m, owner: owner, limit: 1} // on each node, or of each name
	if len(m.Kind.Pods) == 1 && m.Kind.Pods[0].Count != "" && m.Kind.Kind != "StatefulSet" {
		var known bool
		if r.limit, known = count(valueAt(owner, split(m.Kind.Pods[0].Count)...), 1); !known {
			r.limit = 0
		}
	}
	if valueAt(owner, kinds.Suspend.Path...) == kinds.Suspend.Value {
		r.limit = 0
	}
	return r
}

// Take notes a Pod. It takes room if it says to be the maker's, and if it was, as its
// name tells: whoever changes its labels makes it nobody's, and it runs on. One that is
// being deleted runs until its time is up.
func (r *Room) Take(p Pod, seen Look, now time.Time) {
	own := p.Maker == r.maker.UID && !seen.Lost
	lost := p.Maker != r.maker.UID && r.maker.names(p.Name, r.owner)
	if (own || lost) && (p.Ends.IsZero() || !now.After(p.Ends)) {
		r.taken++
	}
}

// Full says why there is no room; "" if there is.
func (r *Room) Full() string {
	if r.taken < r.limit {
		return ""
	}
	return fmt.Sprintf("%s has %d of %d Pods (one that is being deleted counts until its time is up, and one that was given other labels until it ends)",
		r.maker, r.taken, r.limit)
}
