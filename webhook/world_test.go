package webhook

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
)

// now is when every test of this package runs.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// The policy, the tenants and the parties that most tests need: Lantern
// Singapore is held from a blocked jurisdiction through Lantern HK, Meridian
// Labs is not.
const (
	policyManifest = `
metadata: {name: no-kp}
spec: {jurisdictions: {blocked: [KP]}}
`
	lanternManifest = `
metadata: {name: lantern-sg}
spec: {parties: [{role: Customer, entity: {name: lantern-sg}}], namespaces: {names: [shared], bound: [lanterns]}}
`
	meridianManifest = `
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: meridian}}], namespaces: {names: [shared]}}
`
	murkyManifest = `
metadata: {name: murky}
spec: {parties: [{role: Customer, entity: {name: nowhere}}], namespaces: {names: [shared]}}
`
)

var entityManifests = []string{`
metadata: {name: lantern-group}
spec: {displayName: Lantern Group, type: Company, jurisdictions: {headquarters: KP}}
`, `
metadata: {name: lantern-hk}
spec: {displayName: Lantern HK, type: Company, jurisdictions: {headquarters: HK}, interests: [{holder: {name: lantern-group}, kind: Shareholding, share: {exact: "80"}}]}
`, `
metadata: {name: lantern-sg}
spec: {displayName: Lantern Singapore Pte. Ltd., type: Company, jurisdictions: {headquarters: SG}, interests: [{holder: {name: lantern-hk}, kind: Shareholding, share: {exact: "68"}}]}
`, `
metadata: {name: meridian}
spec: {displayName: Meridian Labs, type: Company, jurisdictions: {headquarters: NZ}}
`}

func parse[T any](t testing.TB, manifests ...string) []T {
	t.Helper()
	list := make([]T, len(manifests))
	for i, manifest := range manifests {
		if err := yaml.UnmarshalStrict([]byte(manifest), &list[i]); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func makeSnapshot(t testing.TB, policies, tenants []string) *snapshot.Snapshot {
	t.Helper()
	return snapshottest.Compile(snapshottest.Inputs{
		Policies: parse[v1alpha1.TenantPolicy](t, policies...),
		Tenants:  parse[v1alpha1.Tenant](t, tenants...),
		Entities: parse[v1alpha1.LegalEntity](t, entityManifests...),
	})
}

// cluster is a Lookup, Access and Refresher made of maps.
type cluster struct {
	holdsPods  func(context.Context, schema.GroupResource) (bool, error)
	namespaces map[string]NamespaceMeta
	// secrets has annotations, accounts and parents whole objects, by namespace/name.
	secrets  map[string]map[string]string
	accounts map[string]map[string]any
	parents  map[string]map[string]any
	// pods has those that a field selector selects.
	pods map[string][]growth.Pod
	// rights has "user verb tenant". Whoever a test does not name may claim.
	rights map[string]bool
	// live is what the Refresher finds by Tenant; without an entry, the
	// snapshot itself.
	live map[string]*snapshot.Snapshot
	// failing are the lookups that fail.
	failing map[string]bool

	holder    *snapshot.Holder
	unsynced  bool
	short     bool // refusals are
	refreshed []string
}

var errBroken = errors.New("the connection was reset")

func lookUp[T any](c *cluster, kind string, m map[string]T, key string) (T, error) {
	if c.failing[kind] {
		var zero T
		return zero, errBroken
	}
	value, ok := m[key]
	if !ok {
		return value, apierrors.NewNotFound(schema.GroupResource{Resource: kind}, key)
	}
	return value, nil
}

func (c *cluster) Namespace(_ context.Context, name string) (NamespaceMeta, error) {
	return lookUp(c, "namespaces", c.namespaces, name)
}

func (c *cluster) Namespaces(context.Context) ([]*residency.Namespace, error) {
	if c.failing["namespaces"] {
		return nil, errBroken
	}
	var all []*residency.Namespace
	for name, meta := range c.namespaces {
		all = append(all, translate.NamespaceOf(name, meta.Labels, meta.Annotations))
	}
	return all, nil
}

func (c *cluster) SecretTenant(_ context.Context, namespace, name string) (string, error) {
	annotations, err := lookUp(c, "secrets", c.secrets, namespace+"/"+name)
	return translate.TenantOfSecret(annotations), err
}

func (c *cluster) ServiceAccount(_ context.Context, namespace, name string) (translate.ServiceAccount, error) {
	raw, err := lookUp(c, "serviceaccounts", c.accounts, namespace+"/"+name)
	return translate.ReadServiceAccount(raw), err
}

func (c *cluster) Object(_ context.Context, resource schema.GroupVersionResource, namespace, name string) (map[string]any, error) {
	return lookUp(c, resource.Resource, c.parents, namespace+"/"+name)
}

func (c *cluster) Pods(_ context.Context, _, selector string, each func(growth.Pod) bool) error {
	if c.failing["pods"] {
		return errBroken
	}
	for _, p := range c.pods[selector] {
		if !each(p) {
			break
		}
	}
	return nil
}

func (c *cluster) May(_ context.Context, user authenticationv1.UserInfo, verb, tenant string) (bool, error) {
	if c.failing["access"] {
		return false, errBroken
	}
	anybody := user.Username == "" && verb == v1alpha1.ClaimVerb
	return anybody || c.rights[user.Username+" "+verb+" "+tenant], nil
}

// mayBind gives the verb bind, as "user tenant".
func (c *cluster) mayBind(b string) {
	user, tenant, _ := strings.Cut(b, " ")
	c.rights[user+" bind "+tenant] = true
}

func (c *cluster) WithTenant(_ context.Context, name string) (*snapshot.Snapshot, error) {
	c.refreshed = append(c.refreshed, name)
	if c.failing["refresh"] {
		return nil, errBroken
	}
	if live, ok := c.live[name]; ok {
		return live, nil
	}
	return c.holder.Load(), nil
}

// newCluster has a namespace "shared" in which tenants may be claimed, "plain" that
// is nobody's, and "lantern" and "meridian" that are bound to their tenants.
func newCluster(t testing.TB) *cluster {
	c := &cluster{
		namespaces: map[string]NamespaceMeta{
			"shared":   {},
			"plain":    {},
			"lanterns": {},
			"lantern":  {Annotations: map[string]string{v1alpha1.TenantAnnotation: "lantern-sg"}},
			"meridian": {Annotations: map[string]string{v1alpha1.TenantAnnotation: "meridian"}},
		},
		secrets:  map[string]map[string]string{},
		accounts: map[string]map[string]any{},
		parents:  map[string]map[string]any{},
		pods:     map[string][]growth.Pod{},
		rights:   map[string]bool{},
		live:     map[string]*snapshot.Snapshot{},
		failing:  map[string]bool{},
		holder:   &snapshot.Holder{},
	}
	c.holder.Store(makeSnapshot(t, []string{policyManifest}, []string{lanternManifest, meridianManifest, murkyManifest}))
	return c
}

func (c *cluster) handler(t testing.TB) *Handler {
	t.Helper()
	h, err := NewHandler(Dependencies{
		HoldsPods:  c.holdsPods,
		Snapshots:  c.holder,
		Synced:     func() bool { return !c.unsynced },
		Lookup:     c,
		Access:     c,
		Refresher:  c,
		Registerer: prometheus.NewRegistry(),

		ShortRefusals: c.short,

		Clock: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
