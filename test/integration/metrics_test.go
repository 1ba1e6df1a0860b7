package integration

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/monitoring/catalogue"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// prometheus is somebody who may read metrics, and nothing else.
const prometheus = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: prometheus, namespace: shared}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: test-prometheus}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: domicile-metrics-reader}
subjects: [{kind: ServiceAccount, name: prometheus, namespace: shared}]
`

// scrape reads the metrics of a replica as the chart's ServiceMonitor says: with
// a token, over TLS, and checking the certificate by the CA in the Secret. The
// status is returned as well.
func (w *world) scrape(t *testing.T, replica int, token string) (int, string) {
	t.Helper()
	secret := &corev1.Secret{}
	if err := w.admin.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: "domicile-webhook-cert"}, secret); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(secret.Data["ca.crt"]) {
		t.Fatal("the Secret has no CA")
	}
	address, err := w.manager.Address(replica, "metrics")
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: roots, ServerName: "domicile-webhook." + systemNamespace + ".svc", MinVersion: tls.VersionTLS12,
	}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// token is one of Prometheus.
func (w *world) token(t *testing.T) string {
	t.Helper()
	request, err := w.admin.Typed.CoreV1().ServiceAccounts("shared").CreateToken(t.Context(), "prometheus", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}

func TestMetricsAreForWhoeverMayReadThem(t *testing.T) {
	w := theWorld(t)
	if status, _ := w.scrape(t, 0, ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
	w.declares(t, `{apiVersion: v1, kind: ServiceAccount, metadata: {name: prometheus, namespace: shared}}`)
	if status, _ := w.scrape(t, 0, w.token(t)); status != http.StatusForbidden {
		t.Errorf("without the ClusterRole: %d", status)
	}
}

var (
	family    = regexp.MustCompile(`(?m)^# TYPE (domicile_\w+) (\w+)$`)
	series    = regexp.MustCompile(`(?m)^(domicile_\w+?)(_bucket|_sum|_count)?(?:\{(.*)\})? \S+$`)
	labelPair = regexp.MustCompile(`(\w+)="([^"]*)"`)
	revision  = regexp.MustCompile(`^[0-9a-f]{12}$`)
	ourMetric = regexp.MustCompile(`(?m)^(# (HELP|TYPE) )?domicile_.*\n`)
)

// What the managers serve after all that other tests did to them is what
// docs/monitoring.md lists: metrics, types, labels and their values. No name of a
// tenant, namespace or object is among them.
func TestMetricsAreWhatIsDocumented(t *testing.T) {
	w := theWorld(t)
	w.declares(t, prometheus)
	w.refuses(t, pod("lantern", "counted", ""), "RestrictedOwner")
	documented, err := catalogue.Read(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	token := w.token(t)
	served := map[string]bool{}
	for replica := range w.manager.Replicas() {
		var text string
		suite.Eventually(t, patience, "the metrics of a replica", func(context.Context) (bool, error) {
			var status int
			status, text = w.scrape(t, replica, token)
			return status == http.StatusOK, nil
		})
		for _, match := range family.FindAllStringSubmatch(text, -1) {
			served[match[1]] = true
			if want, ok := documented[match[1]]; !ok || want.Type != match[2] {
				t.Errorf("%s is a %s; documented: %v %s", match[1], match[2], ok, want.Type)
			}
		}
		for _, match := range series.FindAllStringSubmatch(text, -1) {
			m, ok := documented[match[1]]
			if !ok {
				m, ok = documented[match[1]+match[2]]
			}
			if !ok {
				t.Errorf("%s is not documented", match[0])
				continue
			}
			for _, pair := range labelPair.FindAllStringSubmatch(match[3], -1) {
				if why := refusesLabel(m, pair[1], pair[2]); why != "" {
					t.Errorf("%s: %s", match[0], why)
				}
			}
		}
		checkMetrics(t, strings.Join(ourMetric.FindAllString(text, -1), ""))
	}
	for name, m := range documented {
		lazy := len(m.Labels) > 0 || strings.HasPrefix(name, "domicile_suspension_") || strings.HasPrefix(name, "domicile_mirror_") || strings.HasPrefix(name, "domicile_gateway_") // those need something to happen, to be switched on, or another process
		if !served[name] && !lazy {
			t.Errorf("%s is documented and nobody serves it", name)
		}
	}
	for _, name := range []string{"domicile_tenants", "domicile_snapshot_info", "domicile_objects", "domicile_admission_requests_total"} {
		if !served[name] {
			t.Errorf("nobody serves %s", name)
		}
	}
}

// refusesLabel says why a series may not have a label; "" if it may.
func refusesLabel(m catalogue.Metric, name, value string) string {
	values, ok := m.Labels[name]
	switch {
	case name == "le" && m.Type == "histogram":
		return ""
	case !ok:
		return "the label " + name + " is not documented"
	case m.Name == "domicile_tenants" && name == "policy":
		return "" // the one name that may be in a metric
	case m.Name == "domicile_snapshot_info" && name == "revision":
		if !revision.MatchString(value) {
			return "that is no revision"
		}
		return ""
	case !slices.Contains(values, value):
		return "the value of " + name + " is not documented"
	}
	return ""
}

// checkMetrics runs promtool check metrics.
func checkMetrics(t *testing.T, text string) {
	t.Helper()
	promtool, err := filepath.Abs(filepath.Join("..", "..", "bin", "promtool"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(promtool); err != nil {
		t.Fatalf("%v: run `make bin/promtool`", err)
	}
	command := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	command.Stdin = strings.NewReader(text)
	if said, err := command.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("%v\n%s", err, said)
	}
}
