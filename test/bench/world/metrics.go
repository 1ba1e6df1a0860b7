package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// allowMetrics makes a token that may read the managers' metrics.
func (r *rig) allowMetrics(ctx context.Context) error {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: "bench-metrics"}}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "bench-metrics"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "domicile-metrics-reader"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: systemNamespace, Name: "bench-metrics"}},
	}
	if err := errors.Join(r.Create(ctx, account), r.Create(ctx, binding)); err != nil {
		return err
	}
	token, err := r.api.CoreV1().ServiceAccounts(systemNamespace).CreateToken(ctx, account.Name, &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	r.token = token.Status.Token
	return nil
}

// heap is how many bytes of heap a manager has in use, by its own metrics.
func (r *rig) heap(ctx context.Context, replica int) (float64, error) {
	var secret corev1.Secret
	if err := r.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: "domicile-webhook-cert"}, &secret); err != nil {
		return 0, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(secret.Data["ca.crt"])
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: roots, ServerName: "domicile-webhook." + systemNamespace + ".svc", MinVersion: tls.VersionTLS12,
	}}
	defer transport.CloseIdleConnections()
	address, err := r.manager.Address(replica, "metrics")
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("metrics of the %s: %s", roles[replica], response.Status)
	}
	return sum(string(text), "go_memstats_heap_inuse_bytes", func(map[string]string) bool { return true }), nil
}

// traffic is how many requests the API server has answered.
type traffic struct {
	// all are those of others than this process; tenants and status are those
	// that wrote status, of Tenants and of any kind of ours.
	all, tenants, status float64
}

func (t traffic) since(before traffic) traffic {
	return traffic{t.all - before.all, t.tenants - before.tenants, t.status - before.status}
}

func (r *rig) traffic(ctx context.Context) (traffic, error) {
	ours := r.requests.Load()
	text, err := r.api.CoreV1().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return traffic{}, err
	}
	t := parseTraffic(string(text))
	t.all -= float64(ours)
	return t, nil
}

func parseTraffic(text string) traffic {
	const name = "apiserver_request_total"
	writesStatus := func(l map[string]string) bool {
		return l["group"] == "domicile.dev" && l["subresource"] == "status" && l["verb"] != "GET" && l["code"] == "200"
	}
	return traffic{
		all:     sum(text, name, func(map[string]string) bool { return true }),
		status:  sum(text, name, writesStatus),
		tenants: sum(text, name, func(l map[string]string) bool { return writesStatus(l) && l["resource"] == "tenants" }),
	}
}

var label = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)

// sum adds up the metrics of a name whose labels match.
func sum(text, name string, match func(map[string]string) bool) (total float64) {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, name)
		if !ok || rest[0] != '{' && rest[0] != ' ' {
			continue
		}
		labels := map[string]string{}
		for _, l := range label.FindAllStringSubmatch(rest, -1) {
			labels[l[1]] = l[2]
		}
		fields := strings.Fields(rest)
		value, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err == nil && match(labels) {
			total += value
		}
	}
	return total
}
