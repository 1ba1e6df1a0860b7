package controllers

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/cert"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

// webhooks is how API servers call an operator.
type webhooks struct {
	// port is where; "" is $PORT.
	port string
	// folder is where it looks for its certificate, below $FOLDER.
	folder string
	// service is the Service that API servers call, and secret what the operator writes its
	// own certificate into, in its namespace: then it tells API servers its authority
	// itself. "" is a certificate of the tests', and its address in place of a Service.
	service, secret string
	// within are the only namespaces whose objects it is asked about, so that no other story
	// waits for it; nil is all.
	within []any
}

// early says whether it tells API servers itself whom to trust, when it has a certificate.
func (h *webhooks) early() bool { return h != nil && h.secret != "" }

// of are the webhooks that it serves.
func (h *webhooks) of(configurations []*unstructured.Unstructured) []*unstructured.Unstructured {
	if h == nil {
		return nil
	}
	for _, c := range configurations {
		items, _ := c.Object["webhooks"].([]any)
		for _, item := range items {
			if webhook, ok := item.(map[string]any); ok && h.within != nil {
				webhook["namespaceSelector"] = map[string]any{"matchExpressions": []any{
					map[string]any{"key": corev1.LabelMetadataName, "operator": "In", "values": h.within},
				}}
			}
		}
	}
	return configurations
}

// lead makes webhook configurations, and conversions, lead to the address of a program in
// place of a Service.
func (h *webhooks) lead(t *testing.T, p *program, objects []*unstructured.Unstructured) {
	t.Helper()
	if h == nil || h.early() {
		return
	}
	for _, o := range objects {
		var clients []map[string]any
		items, _ := o.Object["webhooks"].([]any)
		for _, item := range items {
			webhook, _ := item.(map[string]any)
			c, _ := webhook["clientConfig"].(map[string]any)
			clients = append(clients, c)
		}
		if c, found, err := unstructured.NestedFieldNoCopy(o.Object, "spec", "conversion", "webhook", "clientConfig"); err == nil && found {
			c, _ := c.(map[string]any)
			clients = append(clients, c)
		}
		for _, c := range clients {
			path, _, err := unstructured.NestedString(c, "service", "path")
			if err != nil {
				t.Fatal(err)
			}
			delete(c, "service")
			c["url"] = "https://" + net.JoinHostPort(p.Address.String(), h.at(p)) + path
			c["caBundle"] = base64.StdEncoding.EncodeToString(p.authority)
		}
	}
}

func (h *webhooks) at(p *program) string {
	if h.port != "" {
		return h.port
	}
	return p.port
}

// configure writes an operator's configuration and certificate.
func (o *operator) configure(t *testing.T, w *world, p *program) {
	t.Helper()
	p.folder = filepath.Join(w.Dir(), o.name)
	fill := strings.NewReplacer("$ADDRESS", p.Address.String(), "$PORT", p.port, "$FOLDER", p.folder)
	certificate, key, err := cert.GenerateSelfSignedCertKey(o.name, []net.IP{p.Address.AsSlice()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.authority = certificate
	p.write(t, "", map[string][]byte{"config.yaml": []byte(fill.Replace(o.config))})
	if !o.webhooks.early() {
		folder := ""
		if o.webhooks != nil {
			folder = o.webhooks.folder
		}
		p.write(t, folder, map[string][]byte{"tls.crt": certificate, "tls.key": key, "ca.crt": certificate})
	}
	for _, arg := range o.args {
		p.args = append(p.args, fill.Replace(arg))
	}
	for _, variable := range o.env {
		p.Env = append(p.Env, fill.Replace(variable))
	}
}

// write writes files below the folder of a program.
func (p *program) write(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	folder = filepath.Join(p.folder, folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// listens waits until an operator is there. It does for the operator's own certificate
// what a kubelet does, and for its Service what kube-proxy does.
func (o *operator) listens(t *testing.T, w *world, p *program) {
	t.Helper()
	if o.webhooks.early() {
		namespace := strings.Split(p.user, ":")[2]
		secret := &corev1.Secret{}
		p.waitsFor(t, "its certificate", func(ctx context.Context) error {
			err := w.admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: o.webhooks.secret}, secret)
			if err == nil && len(secret.Data["tls.crt"]) == 0 {
				err = fmt.Errorf("Secret %s is empty", secret.Name)
			}
			return err
		})
		p.write(t, o.webhooks.folder, secret.Data)
		port, err := strconv.ParseUint(o.webhooks.at(p), 10, 16)
		if err == nil {
			err = w.Forward(t.Context(), namespace, o.webhooks.service, netip.AddrPortFrom(p.Address, uint16(port)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ports := o.ports
	if o.webhooks != nil {
		ports = append(slices.Clone(ports), o.webhooks.port)
	}
	for _, port := range ports {
		if port == "" {
			port = p.port
		}
		p.waitsFor(t, "port "+port, func(ctx context.Context) error {
			connection, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(p.Address.String(), port))
			if err != nil {
				return err
			}
			return connection.Close()
		})
	}
}

// waitsFor waits for what a program does, unless it has ended.
func (p *program) waitsFor(t *testing.T, what string, holds func(context.Context) error) {
	t.Helper()
	suite.Eventually(t, patience, what, func(ctx context.Context) (bool, error) {
		err := holds(ctx)
		return err == nil || p.Err() != nil, err
	})
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
}
