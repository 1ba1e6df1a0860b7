package mirror

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/sample"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

const (
	// patience is how long a test waits for what must come true.
	patience = 3 * time.Minute
	// names is how many tenants are refused: as many as one policy has room for.
	names = 45_000
)

// shared is the one cluster of all tests.
var shared = suite.Share(start)

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// plane is a control plane with a mirror and without Domicile.
type plane struct {
	*cluster.Cluster
	admin *actor.Actor
}

func start(ctx context.Context, has func(suite.World)) (*plane, error) {
	c, err := cluster.Start(ctx, cluster.Options{Revive: true})
	if err != nil {
		return nil, err
	}
	has(c)
	p := &plane{Cluster: c}
	if p.admin, err = actor.New(c.Config()); err != nil {
		return nil, err
	}
	if err := p.write(ctx); err != nil {
		return nil, err
	}
	return p, cluster.Poll(ctx, "the mirror to be in force", func(ctx context.Context) (bool, error) {
		first, last := p.try(ctx, crowded(0)), p.try(ctx, crowded(names-1))
		return first == refused && last == refused && p.try(ctx, unknown) == admitted, nil
	})
}

// write writes the mirror of a world in which everybody in it is restricted.
func (p *plane) write(ctx context.Context) error {
	in := sample.World()
	for i := range names {
		in.Tenants = append(in.Tenants, sample.Tenant(crowded(i), "lantern-sg", "1"))
	}
	content := new(mirror.Reader).Read(snapshottest.Compile(in), time.Now())
	m := mirror.Options{Namespace: "domicile-system"}.Render(content)
	if m.Left > 0 {
		return fmt.Errorf("%d names have no room", m.Left)
	}
	var objects []client.Object
	for i := range m.Policies {
		objects = append(objects, &m.Policies[i], &m.Bindings[i])
	}
	for _, o := range objects {
		if err := p.admin.Create(ctx, o); err != nil {
			return fmt.Errorf("create %s: %w", o.GetName(), err)
		}
	}
	return nil
}

// unknown is a tenant that the mirror does not know.
const unknown = "meridian"

// crowded is the name of one of the tenants that are refused.
func crowded(i int) string { return fmt.Sprintf("tenant-%08x-0000", uint32(i)*2654435761) }

// outcome is what the API server says to a Pod.
type outcome int

const (
	admitted outcome = iota
	refused
	unanswered // the API server is away, or not ready: try again
)

// try is what the API server says to a Pod of a tenant, as a dry run.
func (p *plane) try(ctx context.Context, tenant string) outcome {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: "a-", Annotations: map[string]string{"domicile.dev/tenant": tenant}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "a"}}},
	}
	err := p.admin.Create(ctx, pod, client.DryRunAll)
	switch {
	case err == nil:
		return admitted
	case apierrors.IsForbidden(err) && strings.Contains(err.Error(), "tenant "+tenant+" is refused"):
		return refused
	}
	return unanswered
}
