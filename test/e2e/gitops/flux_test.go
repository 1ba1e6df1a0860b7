package gitops

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const fluxNamespace = "flux-system"

// flux is Flux's source-controller and kustomize-controller.
type flux struct {
	*world
	kustomize *cluster.Program
}

// theFlux is Flux in the shared world: it is installed by the first test that asks for it.
var theFlux = sync.OnceValues(func() (*flux, error) {
	w, err := shared.Start()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.definitions(ctx, "flux"); err != nil {
		return nil, err
	}
	if err := w.apply(ctx, cast(fluxNamespace, "kustomize-controller", "source-controller")+fluxRights); err != nil {
		return nil, err
	}
	f := &flux{world: w}
	if err := f.startSource(ctx); err != nil {
		return nil, err
	}
	return f, f.startKustomize(ctx)
})

func newFlux(t *testing.T) *flux {
	t.Helper()
	theWorld(t)
	f, err := theFlux()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fluxRights are what Flux's installation gives source-controller, less than it needs
// for other kinds of sources.
const fluxRights = `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: source-controller}
rules:
  - {apiGroups: [source.toolkit.fluxcd.io], resources: ["*"], verbs: ["*"]}
  - {apiGroups: [""], resources: [events], verbs: [create, patch]}
  - {apiGroups: [""], resources: [secrets, configmaps, serviceaccounts], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: source-controller}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: source-controller}
subjects: [{kind: ServiceAccount, name: source-controller, namespace: flux-system}]
`

// fluxArgs are flags of both controllers.
var fluxArgs = []string{"--health-addr=127.0.0.1:0", "--metrics-addr=127.0.0.1:0", "--enable-leader-election=false", "--log-level=info"}

// startSource starts the source-controller as the ServiceAccount of its name.
func (f *flux) startSource(ctx context.Context) error {
	const name = "source-controller"
	p, err := f.Program(ctx, filepath.Join("gitops", name), "test-gitops", fluxNamespace, name)
	if err != nil {
		return err
	}
	p.Env = append(os.Environ(), "RUNTIME_NAMESPACE="+fluxNamespace)
	folder, address := filepath.Join(f.Dir(), "archives"), netip.AddrPortFrom(p.Address, 9090).String()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return p.Start(append([]string{"--storage-path=" + folder, "--storage-addr=" + address, "--storage-adv-addr=" + address}, fluxArgs...)...)
}

// startKustomize starts the kustomize-controller as the ServiceAccount of its name, in
// the place of one that runs.
func (f *flux) startKustomize(ctx context.Context, args ...string) (err error) {
	const name = "kustomize-controller"
	if f.kustomize != nil {
		f.kustomize.Kill()
	} else if f.kustomize, err = f.Program(ctx, filepath.Join("gitops", name), "test-gitops", fluxNamespace, name); err != nil {
		return err
	}
	f.kustomize.Env = append(os.Environ(), "RUNTIME_NAMESPACE="+fluxNamespace)
	return f.kustomize.Start(slices.Concat(args, fluxArgs, []string{"--requeue-dependency=2s"})...)
}

// sync has Flux fetch the newest commit, and look at some syncs.
func (f *flux) sync(t *testing.T, r *repository, kustomizations ...string) {
	t.Helper()
	at := "reconcile.fluxcd.io/requestedAt=" + time.Now().Format(time.RFC3339Nano)
	f.kubectl(t, "annotate", "--overwrite", "gitrepository/"+r.name, at, "-n", fluxNamespace)
	f.becomes(t, func(said string) bool { return strings.HasSuffix(said, r.head(t)) },
		"get", "gitrepository/"+r.name, "-n", fluxNamespace, "-o", "jsonpath={.status.artifact.revision}")
	for _, k := range kustomizations {
		f.kubectl(t, "annotate", "--overwrite", "kustomization/"+k, at, "-n", fluxNamespace)
	}
}

// begin makes a source of a repository, and syncs of it.
func (f *flux) begin(t *testing.T, r *repository, syncs string) {
	t.Helper()
	if err := f.apply(t.Context(), r.source()+syncs); err != nil {
		t.Fatal(err)
	}
}

// ready waits until the newest commit is applied.
func (f *flux) ready(t *testing.T, r *repository, kustomizations ...string) {
	t.Helper()
	head := r.head(t)
	for _, k := range kustomizations {
		f.becomes(t, func(said string) bool { return strings.HasPrefix(said, "True ") && strings.HasSuffix(said, head) },
			"get", "kustomization/"+k, "-n", fluxNamespace, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status} {.status.lastAppliedRevision}`)
	}
}

// fails waits until a sync says that it fails, and why.
func (f *flux) fails(t *testing.T, kustomization, why string) {
	t.Helper()
	f.becomes(t, func(said string) bool { return strings.HasPrefix(said, "False ") && strings.Contains(said, why) },
		"get", "kustomization/"+kustomization, "-n", fluxNamespace, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].message}`)
}

// syncs are the example's Kustomizations for another tenant.
func (r *repository) syncs(t *testing.T, tenant string) string {
	t.Helper()
	return strings.ReplaceAll(example(t, "flux.yaml", tenant), "name: platform", "name: "+r.name)
}

// source is a GitRepository of a repository.
func (r *repository) source() string {
	return `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: ` + r.name + `, namespace: flux-system}
spec: {url: "` + r.url + `", ref: {branch: main}, interval: 1h}
---
`
}

// TestFluxAppliesATenantAtTheFirstTry: Tenant, namespace, key and workload in one
// repository, in the order that docs/gitops.md gives.
func TestFluxAppliesATenantAtTheFirstTry(t *testing.T) {
	f := newFlux(t)
	r := f.repository(t, "first", examples(t, "wren"))
	f.begin(t, r, r.syncs(t, "wren"))
	f.ready(t, r, "wren-tenant", "wren-apps")
	f.kubectl(t, "wait", "--for=condition=Ready", "tenants.domicile.dev/wren", "--timeout=10s")
	f.kubectl(t, "get", "deployment/wren-inference", "secret/wren-key", "-n", "wren")
	if failed := f.kubectl(t, "get", "events", "-n", fluxNamespace, "--field-selector=type=Warning", "-o",
		`jsonpath={range .items[*]}{.involvedObject.name}: {.message}{"\n"}{end}`); strings.Contains(failed, "wren") {
		t.Errorf("it was not the first try:\n%s", failed)
	}
}

// TestFluxInOneSync: what claims a Tenant of the same sync fails for ever, as
// docs/gitops.md says, and no more with the flag that it names.
func TestFluxInOneSync(t *testing.T) {
	f := newFlux(t)
	tenant := strings.Replace(example(t, "tenants/harbour.yaml", "plover"), "    bound: [plover]\n", "    bound: [plover]\n    names: [shared-inference]\n", 1)
	files := map[string]string{"all/tenant.yaml": tenant, "all/apps.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: plover-inference, namespace: shared-inference}
spec:
  selector: {matchLabels: {app: plover}}
  template:
    metadata: {labels: {app: plover}, annotations: {domicile.dev/tenant: plover}}
    spec: {containers: [{name: model, image: registry.example/model}]}
`}
	r := f.repository(t, "one", files)
	f.begin(t, r, `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: plover, namespace: flux-system}
spec: {path: ./all, interval: 1h, retryInterval: 5s, prune: true, sourceRef: {kind: GitRepository, name: one}}
`)
	f.fails(t, "plover", "tenant plover does not exist")
	if got := f.kubectl(t, "get", "domicile", "--ignore-not-found", "-o", "name"); strings.Contains(got, "plover") {
		t.Errorf("something of the change was applied: %s", got)
	}
	if err := f.startKustomize(t.Context(), "--custom-apply-stage-kinds=domicile.dev/LegalEntity,domicile.dev/Tenant"); err != nil {
		t.Fatal(err)
	}
	f.ready(t, r, "plover")
	f.kubectl(t, "get", "deployment/plover-inference", "-n", "shared-inference")
}

// TestFluxTellsATypo: a label that is ours but for a slip ends the sync, which says so, and
// the next commit without it is applied.
func TestFluxTellsATypo(t *testing.T) {
	f := newFlux(t)
	files := examples(t, "dunlin")
	files[appsFile] = strings.Replace(files[appsFile], "kind: Deployment\nmetadata:\n", "kind: Deployment\nmetadata:\n  labels: {domicile.dev/tennant: dunlin}\n", 1)
	r := f.repository(t, "typo", files)
	f.begin(t, r, r.syncs(t, "dunlin"))
	f.ready(t, r, "dunlin-tenant")
	f.fails(t, "dunlin-apps", `metadata.labels["domicile.dev/tennant"]: Domicile has no such label`)
	r.edit(t, appsFile, "  labels: {domicile.dev/tennant: dunlin}\n", "")
	f.sync(t, r, "dunlin-apps")
	f.ready(t, r, "dunlin-apps")
}

// TestFluxWhileATenantIsSuspended: a sync that leaves replicas out goes on, one that has
// them fails as docs/gitops.md says, the annotation ends that, and no other tenant's sync
// is concerned.
func TestFluxWhileATenantIsSuspended(t *testing.T) {
	f := newFlux(t)
	without, with := f.repository(t, "without", examples(t, "curlew")), f.repository(t, "with", examples(t, "siskin"))
	with.edit(t, appsFile, "spec:\n  selector:", "spec:\n  replicas: 2\n  selector:")
	for _, r := range []*repository{without, with} {
		tenant := map[*repository]string{without: "curlew", with: "siskin"}[r]
		f.begin(t, r, r.syncs(t, tenant))
		f.ready(t, r, tenant+"-tenant", tenant+"-apps")
		r.restrict(t)
		f.sync(t, r, tenant+"-tenant")
		f.ready(t, r, tenant+"-tenant")
		f.replicas(t, tenant, "0")
		f.sync(t, r, tenant+"-apps")
	}
	f.ready(t, without, "curlew-apps")
	f.fails(t, "siskin-apps", "policy no-restricted-owners does not admit tenant siskin")
	f.replicas(t, "siskin", "0")

	f.kubectl(t, "annotate", "deployments,secrets", "-n", "siskin", "-l", "domicile.dev/suspended=true", "kustomize.toolkit.fluxcd.io/reconcile=disabled")
	f.sync(t, with, "siskin-apps")
	f.ready(t, with, "siskin-apps")

	for r, tenant := range map[*repository]string{without: "curlew", with: "siskin"} {
		r.clear(t)
		f.sync(t, r, tenant+"-tenant")
		f.ready(t, r, tenant+"-tenant")
	}
	f.replicas(t, "curlew", "1")
	f.replicas(t, "siskin", "2")
	f.kubectl(t, "annotate", "deployments,secrets", "-n", "siskin", "--all", "kustomize.toolkit.fluxcd.io/reconcile-")
	f.sync(t, with, "siskin-apps")
	f.ready(t, with, "siskin-apps")
	f.replicas(t, "siskin", "2")
}

// replicas waits until the tenant's Deployment has so many.
func (w *world) replicas(t *testing.T, tenant, want string) {
	t.Helper()
	w.becomes(t, func(said string) bool { return said == want }, "get", "deployment/"+tenant+"-inference", "-n", tenant, "-o", "jsonpath={.spec.replicas}")
}
