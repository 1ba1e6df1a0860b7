package explain_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

const world = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-cn}
spec: {jurisdictions: {blocked: [CN]}, ownership: {comparison: AtLeast}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-group}
spec:
  displayName: Lantern Group
  type: Company
  identifiers: [{scheme: LEI, id: 00LANTERNGROUP000060}]
  jurisdictions: {headquarters: CN}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-sg}
spec:
  displayName: Lantern Singapore Pte. Ltd.
  type: Company
  jurisdictions: {incorporation: SG}
  interests: [{holder: {name: lantern-group}, kind: Shareholding, share: {exact: "68"}}]
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {parties: [{role: Customer, entity: {name: lantern-sg}}]}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: nobody-yet}}]}
`

// resources are the plurals of the kinds, as the API server serves them.
var resources = map[string]string{"TenantPolicy": "tenantpolicies", "Tenant": "tenants", "LegalEntity": "legalentities", "OwnershipRegister": "ownershipregisters", "TenantExemption": "tenantexemptions"}

// TestExplainsFromACluster tells the story of a cluster in order: before
// Domicile is installed, with it, and with more than one page of parties.
func TestExplainsFromACluster(t *testing.T) {
	admin := writeKubeconfig(t, "admin", "system:masters")

	for _, args := range [][]string{{}, {"--policy", "no-cn"}} {
		t.Run("WithoutDomicile "+strings.Join(args, " "), func(t *testing.T) {
			expect(t, outcome{
				code: plugin.ExitError,
				err:  "error: the cluster has no resource tenantpolicies.domicile.dev: is Domicile installed in it?\n",
			}, append([]string{"explain", "tenant/lantern", "--kubeconfig", admin}, args...)...)
		})
	}

	if _, err := envtest.InstallCRDs(environment.Config, envtest.CRDInstallOptions{Paths: []string{filepath.Join(root, "config", "crd")}, ErrorIfPathMissing: true}); err != nil {
		t.Fatal(err)
	}
	create(t, world)
	files := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(files, []byte(world), 0o600); err != nil {
		t.Fatal(err)
	}

	for _, args := range [][]string{
		{"explain", "tenant/lantern"},
		{"explain", "tenant/lantern", "-o", "json", "--policy", "no-cn"},
		{"explain", "tenant/meridian"},
		{"explain", "entity/lantern-sg"},
		{"explain", "LEI:00LANTERNGROUP000060", "-o", "json"},
		{"__complete", "explain", "tenant/l"},
		{"__complete", "explain", "entity/"},
		{"__complete", "explain", "--policy", ""},
	} {
		t.Run("AsFromFiles "+strings.Join(args, " "), func(t *testing.T) {
			// Flags go before the words to be completed.
			at := 2 // after __complete explain, or explain TARGET
			offline := call(t, insert(args, at, "-f", files)...)
			live := call(t, insert(args, at, "--kubeconfig", admin)...)
			if offline.code != plugin.ExitOK || offline.out == "" {
				t.Fatalf("offline: %+v", offline)
			}
			if diff := cmp.Diff(offline, live, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("(-files +cluster):\n%s", diff)
			}
		})
	}

	t.Run("ManyParties", func(t *testing.T) {
		createMany(t, 520)
		got := call(t, "explain", "entity/many-519", "--kubeconfig", admin)
		if got.code != plugin.ExitOK || !strings.Contains(got.out, "Many 519") {
			t.Errorf("a party of the second page: %+v", got)
		}
	})

	t.Run("Rights", rights)
	t.Run("Registers", func(t *testing.T) { registers(t, admin) })
	t.Run("Check", func(t *testing.T) { checkLive(t, admin) })
	t.Run("OwnVerdicts", func(t *testing.T) { ownVerdicts(t, admin) })
}

// registers are read from where the user says that they are.
func registers(t *testing.T, admin string) {
	create(t, `
apiVersion: domicile.dev/v1alpha1
kind: OwnershipRegister
metadata: {name: world}
spec: {format: FollowTheMoney, source: {file: {paths: [world.jsonl]}}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: copper}
spec: {parties: [{role: Customer, entity: {identifier: {scheme: OREG.WORLD, id: copper}}}]}
`)
	folder := t.TempDir()
	data := filepath.Join(folder, "world.jsonl")
	text := `{"id":"copper","schema":"Company","properties":{"name":["Copper Fields AB"],"jurisdiction":["se"]}}
{"id":"group","schema":"Company","properties":{"name":["Lantern Group"],"leiCode":["00LANTERNGROUP000060"]}}
{"id":"o","schema":"Ownership","properties":{"owner":["group"],"asset":["copper"],"percentage":["60"]}}
`
	if err := os.WriteFile(data, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const hint = "warning: register world is left out: its files (world.jsonl) are mounted into the managers, and cannot be read from here\n" +
		"copy them from where that volume has them, or what kubectl domicile register compile makes of them there, and " +
		"say where its data is with --register world=FILE, or do without it with --register world=\n"
	const missing = "error: this is not what the cluster itself would answer\n" +
		"    without the data of register world nothing that depends on it is right: say where it is with --register NAME=FILE\n"
	for _, tc := range []struct {
		reason, tenant, register string
		code                     int
		out, err                 string
	}{
		{"the files of the managers are not at hand", "copper", "", plugin.ExitError, "Indeterminate", hint + "the cluster has no verdict of its own about tenant copper yet\n" + missing},
		{"the user has the file", "copper", "world=" + data, plugin.ExitOK, "Copper Fields AB (SE) is 60 % held from CN", ""},
		{"the user has the folder", "copper", "world=" + folder, plugin.ExitOK, "Copper Fields AB (SE) is 60 % held from CN", ""},
		{"the user does without", "copper", "world=", plugin.ExitOK, "Indeterminate", ""},
		{"who is restricted anyway stays so", "lantern", "world=", plugin.ExitOK, "68 %", ""},
		{"there is no such file", "copper", "world=" + data + ".gz", plugin.ExitError, "Indeterminate", "no such file"},
		{"there is no such register", "copper", "word=" + data, plugin.ExitError, "", "did you mean world?"},
	} {
		args := []string{"explain", "tenant/" + tc.tenant, "--kubeconfig", admin}
		if tc.register != "" {
			args = append(args, "--register", tc.register)
		}
		got := call(t, args...)
		if got.code != tc.code || !holds(got.out, tc.out) || !holds(got.err, tc.err) {
			t.Errorf("%s: exit code %d\n%s\n%s", tc.reason, got.code, got.out, got.err)
		}
	}
}

// ownVerdicts are what the cluster says in the status of a Tenant, beside the
// answer of the plugin.
func ownVerdicts(t *testing.T, admin string) {
	data := filepath.Join(t.TempDir(), "world.jsonl")
	if err := os.WriteFile(data, []byte(`{"id":"copper","schema":"Company","properties":{"name":["Copper Fields AB"],"jurisdiction":["se"]}}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const own = "The cluster's own verdict, from the status of tenant copper:\n" +
		"  policy no-cn, Restricted (RestrictedOwner), Deny, since 2026-07-01T12:00:00Z\n    Lantern Group (HQ CN) > 60 % > Copper Fields AB (SE)\n"
	const differs = "about tenant copper policy no-cn says Restricted (RestrictedOwner), Deny in the cluster, and "
	decide(t, "copper", "Restricted", "RestrictedOwner", "Deny", 0)
	for _, tc := range []struct {
		reason   string
		args     []string
		code     int
		out, err string
	}{
		{"the command that a refusal prints says what the refusal says", nil, plugin.ExitError, own, differs + "Indeterminate (PartyNotFound), Warn here\n"},
		{"so it does where the answer is for programs", []string{"-o", "json"}, plugin.ExitError, "Indeterminate", own},
		{"with other data than that of the cluster", []string{"--register", "world=" + data}, plugin.ExitError, own, differs + "Clear (NoRestrictedOwner), Allow here\n    the cluster may have other data"},
		{"to do without the data is no reason to be silent about what the cluster says", []string{"--register", "world="}, plugin.ExitError, own, differs},
		{"at another instant the cluster may say something else", []string{"--register", "world=" + data, "--at", "2020-01-01T00:00:00Z"}, plugin.ExitOK, own, ""},
		{"the data is missing at any instant", []string{"--at", "2020-01-01T00:00:00Z"}, plugin.ExitError, own, "without the data of register world"},
	} {
		got := call(t, append([]string{"explain", "tenant/copper", "--policy", "no-cn", "--kubeconfig", admin}, tc.args...)...)
		if got.code != tc.code || !holds(got.out, tc.out) || !holds(got.err, tc.err) {
			t.Errorf("%s: exit code %d\n%s\n%s", tc.reason, got.code, got.out, got.err)
		}
	}
	got := call(t, "explain", "entity/lantern-sg", "--kubeconfig", admin)
	if got.code != plugin.ExitError || !strings.Contains(got.out, "68 %") || !strings.Contains(got.err, "without the data of register world") {
		t.Errorf("a party has no status, and the data is missing as well: %+v", got)
	}
	got = call(t, "explain", "OREG.WORLD:copper2", "--kubeconfig", admin)
	if got.code != plugin.ExitError || !strings.Contains(got.err, "no party has the identifier OREG.WORLD:copper2; it may be in the data of register world, which is missing here") {
		t.Errorf("nobody knows whether there is such a party: %+v", got)
	}
	decide(t, "copper", "Clear", "NoRestrictedOwner", "Allow", 0)
	got = call(t, "explain", "tenant/copper", "--register", "world="+data, "--kubeconfig", admin)
	if got.code != plugin.ExitOK || got.err != "" || !strings.Contains(got.out, "policy no-cn, Clear (NoRestrictedOwner), Allow, since 2026-07-01T12:00:00Z") {
		t.Errorf("both say the same: %+v", got)
	}
	decide(t, "copper", "Restricted", "RestrictedOwner", "Deny", -1)
	got = call(t, "explain", "tenant/copper", "--register", "world="+data, "--kubeconfig", admin)
	if got.code != plugin.ExitOK || !strings.Contains(got.out, "which is about an older version of it") {
		t.Errorf("a status that is out of date contradicts nothing: %+v", got)
	}
}

// decide writes a verdict into the status of a Tenant, as a manager does.
func decide(t *testing.T, tenant, verdict, reason, action string, generations int64) {
	t.Helper()
	tenants := client.Resource(v1alpha1.GroupVersion.WithResource("tenants"))
	u, err := tenants.Get(context.Background(), tenant, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if generations < 0 { // The Tenant is changed after the status has been written.
		if err := unstructured.SetNestedField(u.Object, "Copper Fields", "spec", "displayName"); err != nil {
			t.Fatal(err)
		}
		if u, err = tenants.Update(context.Background(), u, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	u.Object["status"] = map[string]any{
		"observedGeneration": u.GetGeneration() + generations,
		"verdicts": []any{map[string]any{
			"policy": "no-cn", "verdict": verdict, "reason": reason, "action": action, "since": "2026-07-01T12:00:00Z",
			"path": "Lantern Group (HQ CN) > 60 % > Copper Fields AB (SE)",
		}},
	}
	if _, err := tenants.UpdateStatus(context.Background(), u, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// rights are what a user needs, and what one who lacks them is told.
func rights(t *testing.T) {
	admin := writeKubeconfig(t, "admin-who-impersonates", "system:masters")
	read := []string{"get", "list"}
	viewer := kubeconfig(t, "viewer", may(read, "tenantpolicies", "tenants", "legalentities", "ownershipregisters", "tenantexemptions"))
	narrow := kubeconfig(t, "narrow", may([]string{"get"}, "tenantpolicies", "tenants"), may([]string{"list"}, "legalentities", "ownershipregisters", "tenantexemptions"))
	getter := kubeconfig(t, "getter", may([]string{"get"}, "tenantpolicies", "tenants", "legalentities"))
	nobody := kubeconfig(t, "nobody")
	for _, tc := range []struct {
		name, reason string
		args         []string
		code         int
		out, err     string // must be contained; "" is nothing at all
	}{{
		name:   "Viewer",
		reason: "whoever may read the five kinds may ask",
		args:   []string{"tenant/lantern", "--kubeconfig", viewer},
		out:    "68 %",
	}, {
		name:   "Narrow",
		reason: "one policy and one tenant need no list of them",
		args:   []string{"tenant/lantern", "--policy", "no-cn", "--kubeconfig", narrow},
		out:    "68 %",
	}, {
		name:   "NarrowMissing",
		reason: "who may not list gets no suggestions, and no second error",
		args:   []string{"tenant/lantenr", "--policy", "no-cn", "--kubeconfig", narrow},
		code:   plugin.ExitError,
		err:    "error: tenants.domicile.dev \"lantenr\" not found\n",
	}, {
		name:   "Missing",
		reason: "who may list is helped",
		args:   []string{"tenant/lantenr", "--kubeconfig", viewer},
		code:   plugin.ExitError,
		err:    "error: tenants.domicile.dev \"lantenr\" not found; did you mean lantern?\n",
	}, {
		name:   "MissingPolicy",
		reason: "the same for policies",
		args:   []string{"tenant/lantern", "--policy", "nocn", "--kubeconfig", viewer},
		code:   plugin.ExitError,
		err:    "error: tenantpolicies.domicile.dev \"nocn\" not found; did you mean no-cn?\n",
	}, {
		name:   "NoList",
		reason: "the parties cannot be read one by one: who holds what in whom is not known beforehand",
		args:   []string{"tenant/lantern", "--policy", "no-cn", "--kubeconfig", getter},
		code:   plugin.ExitError,
		err:    "you need the verb \"list\" on legalentities.domicile.dev; the ClusterRole domicile-viewer grants it\n",
	}, {
		name:   "Nobody",
		reason: "a user without rights is told which one is missing",
		args:   []string{"tenant/lantern", "--kubeconfig", nobody},
		code:   plugin.ExitError,
		err: "error: tenantpolicies.domicile.dev is forbidden: User \"nobody\" cannot list resource \"tenantpolicies\" in API group \"domicile.dev\" at the cluster scope\n" +
			"you need the verb \"list\" on tenantpolicies.domicile.dev; the ClusterRole domicile-viewer grants it\n",
	}, {
		name:   "Impersonation",
		reason: "the flags of kubectl are honoured: --as asks with somebody else's rights",
		args:   []string{"tenant/lantern", "--kubeconfig", admin, "--as", "nobody"},
		code:   plugin.ExitError,
		err:    "User \"nobody\" cannot list",
	}, {
		name:   "NoSuchContext",
		reason: "a slip of the pen in --context",
		args:   []string{"tenant/lantern", "--kubeconfig", admin, "--context", "elsewhere"},
		code:   plugin.ExitError,
		err:    "error: connect to the cluster: context \"elsewhere\" does not exist\n",
	}, {
		name:   "NobodyListens",
		reason: "the cluster is down",
		args:   []string{"tenant/lantern", "--kubeconfig", admin, "--server", "https://127.0.0.1:1"},
		code:   plugin.ExitError,
		err:    "connection refused",
	}} {
		t.Run(tc.name, func(t *testing.T) {
			got := call(t, append([]string{"explain"}, tc.args...)...)
			if got.code != tc.code || !holds(got.out, tc.out) || !holds(got.err, tc.err) {
				t.Errorf("%s: exit code %d, want %d\n%s\n%s", tc.reason, got.code, tc.code, got.out, got.err)
			}
		})
	}
}

func holds(got, want string) bool {
	return want != "" && strings.Contains(got, want) || got == want
}

// outcome is what a command printed.
type outcome struct {
	out, err string
	code     int
}

func call(t *testing.T, args ...string) outcome {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	code := plugin.Run(context.Background(), append([]string{"kubectl-domicile"}, args...), streams)
	return outcome{out: out.String(), err: errOut.String(), code: code}
}

func expect(t *testing.T, want outcome, args ...string) {
	t.Helper()
	if diff := cmp.Diff(want, call(t, args...), cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("%v (-want +got):\n%s", args, diff)
	}
}

func insert(args []string, at int, more ...string) []string {
	out := append([]string{}, args[:at]...)
	return append(append(out, more...), args[at:]...)
}

// create applies manifests to the cluster.
func create(t *testing.T, text string) {
	t.Helper()
	objects, errs := manifest.Read("world", strings.NewReader(text), manifest.DefaultLimits)
	for _, err := range errs {
		t.Fatal(err)
	}
	for _, o := range objects {
		resource := v1alpha1.GroupVersion.WithResource(resources[o.Kind()])
		if _, err := client.Resource(resource).Create(context.Background(), &unstructured.Unstructured{Object: o.Content}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

func createMany(t *testing.T, n int) {
	t.Helper()
	group, ctx := errgroup.WithContext(context.Background())
	group.SetLimit(16)
	for i := range n {
		group.Go(func() error {
			entity := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": v1alpha1.GroupVersion.String(), "kind": "LegalEntity",
				"metadata": map[string]any{"name": fmt.Sprintf("many-%03d", i)},
				"spec":     map[string]any{"displayName": fmt.Sprintf("Many %d", i), "type": "Company"},
			}}
			_, err := client.Resource(v1alpha1.GroupVersion.WithResource("legalentities")).Create(ctx, entity, metav1.CreateOptions{})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}
