package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Options are what a Scanner works with. Objects, Metadata and Discovery are
// required.
type Options struct {
	// Objects lists whole objects, page by page.
	Objects dynamic.Interface
	// Metadata lists what is needed of Namespaces, and of Secrets as long as no
	// policy names keys in their data.
	Metadata metadata.Interface
	// Discovery says which resources are served.
	Discovery discovery.DiscoveryInterface
	// Skip says which namespaces admission is not asked about. Nil is none.
	Skip func(namespace string) bool
	// PageSize is how many objects one request lists; 0 is 500.
	PageSize int64
}

const (
	defaultPageSize = 500
	// secretsPageSize bounds the pages of whole Secrets: one may have 1 MiB.
	secretsPageSize = 50
)

// Scanner goes over what a cluster runs. It keeps nothing between two scans and
// may be used by several goroutines.
type Scanner struct {
	options Options
}

// New makes a Scanner.
func New(o Options) *Scanner {
	if o.PageSize <= 0 {
		o.PageSize = defaultPageSize
	}
	if o.Skip == nil {
		o.Skip = func(string) bool { return false }
	}
	return &Scanner{options: o}
}

// Stats says what a scan took and what it could not see.
type Stats struct {
	// Objects is how many were visited, and Requests how many requests to the API
	// server that took (one for all of discovery).
	Objects, Requests int
	// Gaps is what could not be read although it exists or may exist. A scan with
	// gaps is not complete: that nothing was found in them means nothing.
	Gaps []Gap
}

// Gap is something that a scan could not see.
type Gap struct {
	// Resource is what could not be read, such as pods or jobsets.jobset.x-k8s.io,
	// or the name of an API group of which not even that is known.
	Resource string
	Reason   GapReason
	Err      error
}

// GapReason is why a scan has a gap, for machines. The set is closed.
type GapReason string

// The reasons of gaps.
const (
	// GapForbidden: the rights to list it are missing.
	GapForbidden GapReason = "Forbidden"
	// GapUngranted: nobody has given the rights to list a kind that is covered because
	// of its definition alone. That is not for the audit to fail about.
	GapUngranted GapReason = "Ungranted"
	// GapDiscovery: the API group does not say what it serves.
	GapDiscovery GapReason = "Discovery"
	// GapFailed: the API server or a conversion webhook fails for it.
	GapFailed GapReason = "Failed"
)

// Scan goes over the whole cluster (namespaces nil), or over some namespaces
// and not what is in none, and calls visit for the Namespaces, then for API-key
// Secrets, then for everything else that policies cover, owners before what they
// make. It decides with the world of a snapshot at an instant.
//
// An error means that the scan was not finished: the context has ended, visit
// failed, or the API server could not be reached. What single resources are
// missing is in Stats.Gaps.
func (s *Scanner) Scan(ctx context.Context, w *snapshot.Snapshot, at time.Time, namespaces []string, visit func(*Found) error) (Stats, error) {
	if w == nil {
		return Stats{}, errors.New("there is no snapshot to decide from")
	}
	p := &pass{
		options: s.options, world: w, at: at, only: namespaces, visitor: visit,
		known: map[string]*residency.Namespace{}, across: map[types.UID]string{},
	}
	err := p.run(ctx)
	return p.stats, err
}

// pass is one scan.
type pass struct {
	options Options
	world   *snapshot.Snapshot
	at      time.Time
	only    []string // nil for the whole cluster
	visitor func(*Found) error

	stats      Stats
	known      map[string]*residency.Namespace // that are gone over
	neighbours translate.Neighbours
	// across has the namespace of everything that was come across, by UID.
	across map[types.UID]string
}

func (p *pass) run(ctx context.Context) error {
	covered, err := p.discover(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{p.namespaces, p.secrets, p.serviceAccounts} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, r := range covered {
		for _, namespace := range p.scopes(r.namespaced) {
			if err := p.objects(ctx, r, namespace); err != nil {
				return err
			}
		}
	}
	return nil
}

// scopes are the namespaces to list one by one; "" is all at once.
func (p *pass) scopes(namespaced bool) []string {
	switch {
	case p.only == nil:
		return []string{""}
	case !namespaced:
		return nil
	}
	scopes := make([]string, 0, len(p.only))
	for _, name := range p.only {
		if p.known[name] != nil {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

// visit decides about an object and hands it over. Everything is visited once,
// however often it is listed.
func (p *pass) visit(f *Found) error {
	uid, namespace := f.Content.GetUID(), f.Content.GetNamespace()
	if _, again := p.across[uid]; again && uid != "" {
		return nil
	}
	f.Maker = p.maker(f)
	if uid != "" {
		p.across[uid] = namespace
	}
	p.stats.Objects++
	if err := p.visitor(f); err != nil {
		return fmt.Errorf("visit %s %s/%s: %w", f.Resource.Resource, namespace, f.Content.GetName(), err)
	}
	return nil
}
