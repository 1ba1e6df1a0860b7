package chart

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is rendered to the golden files")

// TestGolden compares what the chart renders for each testdata/X.values.yaml
// with X.golden.yaml. The CustomResourceDefinitions have tests of their own.
func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no values in testdata: %v", err)
	}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".values.yaml")
		t.Run(name, func(t *testing.T) {
			got := render(t, "--values", input, "--set", "crds.install=false")
			golden := filepath.Join("testdata", name+".golden.yaml")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("run `go test ./test/chart -update` if this is meant (-golden +rendered):\n%s", diff)
			}
		})
	}
}

func TestValuesAreChecked(t *testing.T) {
	rows := []struct {
		set, want string
		reason    string
	}{
		{"replica=3", "additional properties 'replica' not allowed", "a misspelt value must not be ignored"},
		{"webhook.timeout=3", "additional properties 'timeout' not allowed", "at any depth"},
		{"replicas=0", "at '/replicas': minimum: got 0, want 1", "with nobody to answer, everything that it covers stops"},
		{"webhook.timeoutSeconds=31", "at '/webhook/timeoutSeconds': maximum: got 31, want 30", "the API server refuses more than 30 s"},
		{"webhook.port=443", "at '/webhook/port': minimum: got 443, want 1,024", "a user without privileges cannot listen there"},
		{"webhook.callers.tokens=true", "at '/webhook/callers/names'", "every Pod can get a token for the webhook"},
		{"webhook.callers.ca.configMap=a,webhook.callers.ca.secret=b", "at '/webhook/callers/ca'", "nobody would know which"},
		{"webhook.callers.names[0]=a", "need webhook.callers.ca", "somebody would believe that others are turned away"},
		{"contact.bound=5s", "at '/contact/bound'", "one late proof must not stop a replica"},
		{"contact.bound=2h", "at '/contact/bound'", "the manager would refuse to start"},
		{"certificates.source=vault", "at '/certificates/source': value must be one of", "sources are a closed list"},
		{"image.digest=sha256:abc", "at '/image/digest'", "a digest that is cut short pins nothing"},
		{"log.level=loud", "at '/log/level'", "the manager would refuse to start"},
		{"registers.cacheSize=plenty", "at '/registers/cacheSize'", "the manager would refuse to start"},
		{"registers.volumes[0].name=a/b", "at '/registers/volumes/0", "it is part of a path"},
		{"registers.volumes[0].name=a", "at '/registers/volumes/0'", "a volume without a source is one without files"},
		{"extraArgs[0]=zap-encoder=console", "at '/extraArgs/0'", "arguments are flags"},
		{"serviceAccount.create=false", "serviceAccount.name is needed", "a pod without rights cannot work"},
		{"metrics.serviceMonitor.tokenSecret.name=x", "at '/metrics/serviceMonitor/tokenSecret'", "a Secret without a key has no token"},
		{"monitoring.rules.runbookBaseURL=docs/runbooks", "at '/monitoring/rules/runbookBaseURL'", "whoever is paged needs a link"},
		{"monitoring.rules.certificateDays=0", "at '/monitoring/rules/certificateDays'", "too late"},
		{"registers.memory=1Gi", "resources.limits.memory: 512Mi is too little: three times registers.memory (1Gi) and webhook.reviewMemory (128Mi) are 3200Mi together", "the manager would be killed when the register changes"},
		{"metrics.port=9443", "webhook.port, metrics.port and health.port must differ", "the manager could not start"},
		{"hostNetwork=true,webhook.port=10250", "the node's own programs listen on one of the ports", "the pods could not start"},
		{"autoscaling.enabled=true,autoscaling.minReplicas=5,autoscaling.maxReplicas=3", "autoscaling.minReplicas is more than", "the API server would refuse it"},
		{"guard.enabled=true", "guard.enabled needs guard.users or guard.groups", "nobody could upgrade"},
		{"gateway.keyValues.namespaces[0]=keys", "gateway.keyValues.namespaces: keys is not one of gateway.keyNamespaces", "whoever reads values has no right to all Secrets"},
		{"excludedNamespaces[0]=calico-*", "at '/excludedNamespaces/0'", "names are no patterns, and would leave out nothing"},
		{"services.ipFamilies[0]=IPv5", "at '/services/ipFamilies/0'", "the API server would refuse the Service"},
		{"livenessProbe.path=/x", "at '/livenessProbe': additional properties 'path' not allowed", "what is asked is the chart's"},
		{"global.imagePullSecrets[0]=", "at '/global/imagePullSecrets/0'", "a Secret has a name"},
		{"rbac.claimers[0].kind=Robot,rbac.claimers[0].name=x", "at '/rbac/claimers/0/kind'", "subjects of RBAC are three kinds"},
		{"rbac.binders[0].kind=Robot,rbac.binders[0].name=x", "at '/rbac/binders/0/kind'", "subjects of RBAC are three kinds"},
	}
	for _, row := range rows {
		t.Run(row.set, func(t *testing.T) {
			_, stderr, err := run(t, nil, "helm", "template", release, chartDir, "--set", row.set)
			if err == nil {
				t.Fatalf("accepted: %s", row.reason)
			}
			if !strings.Contains(stderr, row.want) {
				t.Errorf("got %q, want %q: %s", stderr, row.want, row.reason)
			}
		})
	}
}

// TestInAnUmbrella renders the chart as a dependency of another.
func TestInAnUmbrella(t *testing.T) {
	umbrella := t.TempDir()
	chart := "apiVersion: v2\nname: platform\nversion: 0.1.0\ndependencies:\n  - {name: domicile, version: 0.1.0, condition: domicile.enabled}\n"
	if err := os.WriteFile(filepath.Join(umbrella, "Chart.yaml"), []byte(chart), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(umbrella, "charts", "domicile"), os.DirFS(chartDir)); err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		reason    string
		set       string
		want, not string
	}{
		{"the dependency is there by default", "domicile.replicas=2", "replicas: 2", ""},
		{"it is switched on by its condition", "domicile.enabled=true", "kind: Deployment", ""},
		{"and off", "domicile.enabled=false", "", "kind:"},
		{"null leaves a field out, as OpenShift needs it", "domicile.podSecurityContext.runAsUser=null", "runAsGroup: 65532", "runAsUser"},
		{"a registry for all charts", "global.imageRegistry=registry.example/mirror/", "image: registry.example/mirror/domicile-dev/domicile:", "ghcr.io"},
		{"a repository without a registry gets it too", "global.imageRegistry=registry.example,domicile.image.repository=team/domicile", "image: registry.example/team/domicile:", "ghcr.io"},
		{"Secrets for all charts, by name", "global.imagePullSecrets[0]=all", "- name: all", ""},
		{"or as maps", "global.imagePullSecrets[0].name=all", "- name: all", ""},
	}
	for _, row := range rows {
		t.Run(row.set, func(t *testing.T) {
			got := mustRun(t, nil, "helm", "template", "platform", umbrella, "--set", row.set)
			if !strings.Contains(got, row.want) || (row.not != "" && strings.Contains(got, row.not)) {
				t.Errorf("%s: want %q and not %q", row.reason, row.want, row.not)
			}
		})
	}
	if got := mustRun(t, nil, "helm", "template", release, chartDir, "--set", "enabled=false"); strings.Contains(got, "kind:") {
		t.Error("with enabled=false something is rendered")
	}
}
