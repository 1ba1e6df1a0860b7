package impact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
	"github.com/domicile-dev/domicile/internal/scan"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// live is what there is before the change.
type live struct {
	*world.View

	// from says where it was read.
	from string
	// runs goes over what runs and says what could not be seen.
	runs func(ctx context.Context, w *snapshot.Snapshot, at time.Time, visit func(*scan.Found) error) ([]scan.Gap, error)
}

// live reads what is live.
func (o *options) live(ctx context.Context, c *change) (*live, error) {
	if o.against.Given() {
		return o.liveManifests(ctx, c)
	}
	config, err := o.cluster.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	return liveCluster(ctx, config, c.live)
}

// The limits of the requests to the cluster are those of kubectl.
const (
	queriesPerSecond = 50
	burst            = 300
)

func liveCluster(ctx context.Context, config *rest.Config, registers world.Registers) (*live, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = queriesPerSecond, burst
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	served, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	definitions, note, err := world.LiveDefinitions(ctx, objects)
	if err != nil {
		return nil, err
	}
	w, err := world.FromCluster(ctx, objects, world.Need{AllTenants: true, Definitions: definitions, Registers: registers})
	if err != nil {
		return nil, err
	}
	if note != "" {
		w.Notes = append(w.Notes, note)
	}
	skip := unasked(ctx, objects)
	scanner := scan.New(scan.Options{
		Objects: objects, Metadata: meta, Discovery: served,
		Skip: func(namespace string) bool { return slices.Contains(skip, namespace) },
	})
	runs := func(ctx context.Context, s *snapshot.Snapshot, at time.Time, visit func(*scan.Found) error) ([]scan.Gap, error) {
		stats, err := scanner.Scan(ctx, s, at, nil, visit)
		if err != nil {
			return nil, fmt.Errorf("count what runs: %w", err)
		}
		return stats.Gaps, nil
	}
	return &live{View: w, from: "the cluster", runs: runs}, nil
}

// gaps says what is missing in the counts because of what could not be seen. Rights
// that are missing are one warning, however many they are.
func gaps(r *report.Report, all []scan.Gap) {
	var forbidden []string
	for _, g := range all {
		for _, what := range missing(g.Resource) {
			if !slices.Contains(r.Uncounted, what) {
				r.Uncounted = append(r.Uncounted, what)
			}
		}
		switch {
		case g.Reason != scan.GapForbidden:
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s could not be listed, and so the counts may be too small: %v", g.Resource, g.Err))
		case missing(g.Resource) != nil:
			forbidden = append(forbidden, g.Resource)
		}
	}
	slices.SortFunc(r.Uncounted, func(a, b string) int { return strings.Compare(b, a) })
	if len(forbidden) > 0 {
		slices.Sort(forbidden)
		r.Warnings = append(r.Warnings, mayNotList(forbidden))
	}
}

func mayNotList(resources []string) string {
	warning := "you may not list everything that counts, and so the counts are too small: you need the verb \"list\" in the whole cluster on " +
		strings.Join(resources, ", ")
	if slices.Contains(resources, "namespaces") {
		warning += ". Without namespaces, what belongs to a tenant because of its namespace is not counted with the tenant"
	}
	return warning
}

// missing are the counts that a resource is needed for.
func missing(resource string) []string {
	switch resource {
	case "secrets":
		return []string{report.APIKeysCount}
	case "pods":
		return []string{report.WorkloadsCount, report.GPUsCount}
	case "namespaces":
		return []string{report.WorkloadsCount, report.APIKeysCount, report.GPUsCount}
	case "serviceaccounts":
		return nil // whose Secrets a workload reads makes no difference here
	default:
		return []string{report.WorkloadsCount}
	}
}

// liveManifests reads what is live from manifests.
func (o *options) liveManifests(ctx context.Context, c *change) (*live, error) {
	manifests, err := o.against.ReadWith(ctx, o.streams, func([]manifest.Object) world.Options { return world.Options{Registers: c.live} })
	if err != nil {
		return nil, err
	}
	runs := func(_ context.Context, s *snapshot.Snapshot, at time.Time, visit func(*scan.Found) error) ([]scan.Gap, error) {
		var errs []error
		for i := range manifests.Objects {
			if asked := manifests.Objects[i].Admission; asked != nil && s.IsAbout(asked) {
				errs = append(errs, visit(declared(s, at, asked)))
			}
		}
		return nil, errors.Join(errs...)
	}
	return &live{View: manifests.View, from: "manifests", runs: runs}, nil
}
