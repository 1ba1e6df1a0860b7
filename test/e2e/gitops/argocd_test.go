package gitops

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const (
	argoNamespace  = "argocd"
	argoController = "argocd-application-controller"
	argoServer     = "argocd-repo-server"
	argoRedis      = "argocd-redis"
)

// argoSettings are what Argo CD's installation brings; what docs/gitops.md adds follows.
const argoSettings = `
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{namespace: "*", server: "*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
---
apiVersion: v1
kind: Secret
metadata: {name: argocd-secret, namespace: argocd, labels: {app.kubernetes.io/name: argocd-secret, app.kubernetes.io/part-of: argocd}}
stringData: {server.secretkey: not-a-real-key}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: argocd, labels: {app.kubernetes.io/name: argocd-cm, app.kubernetes.io/part-of: argocd}}
data:
`

// argo is Argo CD's application controller and its repository server.
type argo struct{ *world }

// theArgo is Argo CD in the shared world: it is installed by the first test that asks for it.
var theArgo = sync.OnceValues(func() (*argo, error) {
	w, err := shared.Start()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "gitops.md"))
	if err != nil {
		return nil, err
	}
	_, health, _ := strings.Cut(string(page), "# argocd-cm\ndata:\n")
	health, _, _ = strings.Cut(health, "```")
	if err := w.definitions(ctx, "argocd"); err != nil {
		return nil, err
	}
	if err := w.apply(ctx, cast(argoNamespace, argoController, argoServer, argoRedis)+argoSettings+health); err != nil {
		return nil, err
	}
	a := &argo{w}
	return a, a.start(ctx)
})

func newArgo(t *testing.T) *argo {
	t.Helper()
	theWorld(t)
	a, err := theArgo()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// start starts Argo CD's programs, and a Redis for them.
func (a *argo) start(ctx context.Context) error {
	redis, err := a.program(ctx, argoRedis)
	if err != nil {
		return err
	}
	if err := redis.Start("redis", at(redis, 6379)); err != nil {
		return err
	}
	server, err := a.program(ctx, argoServer)
	if err != nil {
		return err
	}
	if err := server.Start(argoServer, "--redis="+at(redis, 6379), "--address="+server.Address.String(), "--port=8081",
		"--metrics-address="+server.Address.String(), "--metrics-port=8084", "--disable-tls", "--client-ca-path="); err != nil {
		return err
	}
	if err := cluster.Poll(ctx, "wait for Argo CD's repository server", func(ctx context.Context) (bool, error) {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", at(server, 8081))
		if err != nil {
			return false, err
		}
		return true, c.Close()
	}); err != nil {
		return err
	}
	controller, err := a.program(ctx, argoController)
	if err != nil {
		return err
	}
	return controller.Start(argoController, "--redis="+at(redis, 6379), "--repo-server="+at(server, 8081), "--repo-server-plaintext",
		"--metrics-port=0", "--namespace="+argoNamespace, "--persist-resource-health")
}

// program prepares a part of Argo CD as the ServiceAccount of its name.
func (a *argo) program(ctx context.Context, name string) (*cluster.Program, error) {
	p, err := a.Program(ctx, filepath.Join("gitops", "argocd"), "test-gitops", argoNamespace, name)
	if err != nil {
		return nil, err
	}
	scripts, err := filepath.Abs(filepath.Join(root, "bin", "gitops"))
	if err != nil {
		return nil, err
	}
	home := filepath.Join(a.Dir(), name)
	p.Env = append(os.Environ(), "PATH="+scripts+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home, "TMPDIR="+home, "ARGOCD_ASK_PASS_SOCK="+filepath.Join(home, "ask.sock"),
		"ARGOCD_GPG_ENABLED=false", "ARGOCD_FAKE_IN_CLUSTER=true") // its cluster is that of KUBECONFIG
	return p, os.MkdirAll(home, 0o700)
}

// at is an address of a program.
func at(p *cluster.Program, port uint16) string { return netip.AddrPortFrom(p.Address, port).String() }

// application is the example's Application for another tenant.
func (r *repository) application(t *testing.T, tenant string) string {
	t.Helper()
	return strings.ReplaceAll(example(t, "argocd.yaml", tenant), "https://git.example.com/platform.git", r.url)
}

// begin has Argo CD sync a repository.
func (a *argo) begin(t *testing.T, application string) {
	t.Helper()
	if err := a.apply(t.Context(), application); err != nil {
		t.Fatal(err)
	}
}

// refresh has Argo CD look at the repository.
func (a *argo) refresh(t *testing.T, application string) {
	t.Helper()
	a.kubectl(t, "annotate", "--overwrite", "applications.argoproj.io/"+application, "argocd.argoproj.io/refresh=hard", "-n", argoNamespace)
}

// synced waits until the newest commit is applied, and nothing differs.
func (a *argo) synced(t *testing.T, r *repository, application string) {
	t.Helper()
	head := r.head(t)
	a.shows(t, application, func(said string) bool { return said == "Synced Succeeded "+head+" "+head },
		"{.status.sync.status} {.status.operationState.phase} {.status.operationState.syncResult.revision} {.status.sync.revision}")
}

// fails waits until the sync says that it fails, and why.
func (a *argo) fails(t *testing.T, application, why string) {
	t.Helper()
	a.shows(t, application, func(said string) bool { return strings.Contains(said, why) }, "{.status.operationState.message}")
}

// shows waits until an Application shows what it should.
func (a *argo) shows(t *testing.T, application string, want func(string) bool, path string) {
	t.Helper()
	a.becomes(t, want, "get", "applications.argoproj.io/"+application, "-n", argoNamespace, "-o", "jsonpath="+path)
}

// TestArgoCDAppliesATenantAtTheFirstTry: Tenant, namespace, key and workload in one
// Application, in waves, of which the last waits until the Tenant is Ready.
func TestArgoCDAppliesATenantAtTheFirstTry(t *testing.T) {
	a := newArgo(t)
	r := a.repository(t, "waves", examples(t, "merlin"))
	a.begin(t, r.application(t, "merlin"))
	a.synced(t, r, "merlin")
	a.kubectl(t, "get", "deployment/merlin-inference", "secret/merlin-key", "-n", "merlin")
	a.shows(t, "merlin", func(said string) bool { return said == "Healthy" }, `{.status.resources[?(@.kind=="Tenant")].health.status}`)
	if got := a.kubectl(t, "get", "applications.argoproj.io/merlin", "-n", argoNamespace, "-o",
		"jsonpath={.status.operationState.retryCount} {.status.history[*].id}"); strings.TrimSpace(got) != "0" {
		t.Errorf("it was not the first try: retries and syncs are %q", got)
	}
}

// TestArgoCDRefusesARestrictedTenant: the workload of a tenant that is restricted from the
// start is refused with Domicile's message, and a commit that clears it is enough.
func TestArgoCDRefusesARestrictedTenant(t *testing.T) {
	a := newArgo(t)
	r := a.repository(t, "restricted", examples(t, "shrike"))
	r.restrict(t)
	a.begin(t, r.application(t, "shrike"))
	a.fails(t, "shrike", "policy no-restricted-owners does not admit tenant shrike")
	if got := a.kubectl(t, "get", "deployments", "-n", "shrike", "-o", "name"); got != "" {
		t.Errorf("there is %s", got)
	}
	r.clear(t)
	a.refresh(t, "shrike")
	a.synced(t, r, "shrike")
}

// TestArgoCDWhileATenantIsSuspended: with the example's ignoreDifferences an Application
// with replicas and a key in Git stays synced, applies other changes, and undoes nothing.
func TestArgoCDWhileATenantIsSuspended(t *testing.T) {
	a := newArgo(t)
	r := a.repository(t, "suspended", examples(t, "avocet"))
	r.edit(t, appsFile, "spec:\n  selector:", "spec:\n  replicas: 2\n  selector:")
	a.begin(t, r.application(t, "avocet"))
	a.synced(t, r, "avocet")
	a.replicas(t, "avocet", "2")

	r.restrict(t)
	a.refresh(t, "avocet")
	a.replicas(t, "avocet", "0")
	a.key(t, "avocet", "")
	a.synced(t, r, "avocet")
	for _, kind := range []string{"Deployment", "Secret"} {
		r.edit(t, appsFile, "kind: "+kind+"\nmetadata:\n", "kind: "+kind+"\nmetadata:\n  labels: {example.com/changed: \"yes\"}\n")
	}
	a.refresh(t, "avocet")
	a.synced(t, r, "avocet")
	if got := a.kubectl(t, "get", "deployments,secrets", "-n", "avocet", "-l", "example.com/changed=yes", "-o", "name"); strings.Count(got, "avocet-") != 2 {
		t.Errorf("changed are %q", got)
	}
	a.replicas(t, "avocet", "0")
	a.key(t, "avocet", "")

	r.clear(t)
	a.refresh(t, "avocet")
	a.synced(t, r, "avocet")
	a.replicas(t, "avocet", "2")
	a.key(t, "avocet", "bm90LWEtcmVhbC1rZXk=")
	a.synced(t, r, "avocet")
}

// key waits until the tenant's API key has this value.
func (a *argo) key(t *testing.T, tenant, want string) {
	t.Helper()
	a.becomes(t, func(said string) bool { return said == want }, "get", "secret/"+tenant+"-key", "-n", tenant, "-o", "jsonpath={.data.key}")
}

// TestArgoCDHealsASuspendedTenant: without ignoreDifferences Argo CD would undo what was
// suspended. It is refused, says so, and no other Application is concerned.
func TestArgoCDHealsASuspendedTenant(t *testing.T) {
	a := newArgo(t)
	r := a.repository(t, "heals", examples(t, "plumage"))
	r.edit(t, appsFile, "spec:\n  selector:", "spec:\n  replicas: 2\n  selector:")
	application, _, _ := strings.Cut(r.application(t, "plumage"), "  ignoreDifferences:")
	a.begin(t, application)
	a.synced(t, r, "plumage")
	a.replicas(t, "plumage", "2")

	r.restrict(t)
	a.refresh(t, "plumage")
	a.replicas(t, "plumage", "0")
	a.fails(t, "plumage", "policy no-restricted-owners does not admit tenant plumage")
	a.replicas(t, "plumage", "0")
	other := a.repository(t, "beside", examples(t, "bunting"))
	a.begin(t, other.application(t, "bunting"))
	a.synced(t, other, "bunting")

	r.clear(t)
	a.refresh(t, "plumage")
	a.synced(t, r, "plumage")
	a.replicas(t, "plumage", "2")
}

// TestArgoCDWithServerSideDiff: a new tenant passes, and what exists and would be refused
// shows as an error of the comparison.
func TestArgoCDWithServerSideDiff(t *testing.T) {
	a := newArgo(t)
	r := a.repository(t, "diff", examples(t, "godwit"))
	application := strings.Replace(r.application(t, "godwit"), "  namespace: argocd\n", "  namespace: argocd\n  annotations: {argocd.argoproj.io/compare-options: ServerSideDiff=true}\n", 1)
	application, _, _ = strings.Cut(application, "  ignoreDifferences:")
	a.begin(t, application)
	a.synced(t, r, "godwit")
	r.restrict(t)
	a.refresh(t, "godwit")
	a.replicas(t, "godwit", "0")
	r.edit(t, appsFile, "spec:\n  selector:", "spec:\n  replicas: 2\n  selector:")
	a.refresh(t, "godwit")
	a.shows(t, "godwit", func(said string) bool { return strings.Contains(said, "does not admit tenant godwit") }, "{.status.conditions}")
}
