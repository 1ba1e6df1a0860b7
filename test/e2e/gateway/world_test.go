package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// The keys of customers. Each is named after whose it is.
const (
	wrenKey     = "sk-wren"     // clear
	lanternKey  = "sk-lantern"  // restricted
	meridianKey = "sk-meridian" // restricted for the newest models alone
	harbourKey  = "sk-harbour"  // clear, and has to say for whom it asks
	nobodysKey  = "sk-nobody"
)

// The models that there are.
const (
	older  = "tern-2"
	newest = "tern-3"
)

// declared is the world, besides the access points that docs/gateway.md prints.
const declared = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-cn}
spec: {jurisdictions: {blocked: [CN]}}
---
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: newest}
spec:
  jurisdictions: {blocked: [CN, DE]}
  match: {covers: [Requests], requests: {models: ["tern-3*"]}}
---
apiVersion: domicile.dev/v1alpha1
kind: AccessPoint
metadata: {name: by-path}
spec:
  identify: [{apiKey: {}}, {apiKey: {header: X-Api-Key}}]
  model: {path: "/v1/models/{model}/chat"}
  response: OpenAI
---
apiVersion: domicile.dev/v1alpha1
kind: AccessPoint
metadata: {name: messages}
spec:
  identify: [{apiKey: {}}, {apiKey: {header: X-Api-Key}}]
  onBehalfOf: {header: X-End-Customer}
  requireEndUser: {matchLabels: {reseller: "true"}}
  model: {jsonPointer: /model}
  response: Anthropic
`

// customer is a company, its tenant, and its key in a namespace that is bound to it.
const customer = `
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: $NAME}
spec: {displayName: $NAME, type: Company, jurisdictions: {headquarters: $PLACE}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: $NAME, labels: {reseller: "$RESELLER"}}
spec: {parties: [{role: Customer, entity: {name: $NAME}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: keys-$NAME, annotations: {domicile.dev/tenant: $NAME}}
---
apiVersion: v1
kind: Secret
metadata:
  name: key
  namespace: keys-$NAME
  labels: {domicile.dev/api-key: "true"}
  annotations: {domicile.dev/key-sha256: $DIGEST}
`

// world is a cluster with Domicile's gateway in it, and proxies in front of it.
type world struct {
	*cluster.Cluster
	client.Client
	gateway *cluster.Manager
	// service is the address of the gateway's Service.
	service string
	docs    *page

	mu      sync.Mutex
	proxies map[instance]*proxy
}

// start installs the chart in a new cluster, and runs its gateway.
func start(ctx context.Context, has func(suite.World)) (*world, error) {
	docs, err := readPage()
	if err != nil {
		return nil, err
	}
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1})
	if err != nil {
		return nil, err
	}
	w := &world{Cluster: c, docs: docs, proxies: map[instance]*proxy{}}
	has(w)
	if w.Client, err = client.New(c.Config(), client.Options{}); err != nil {
		return nil, err
	}
	if err := c.InstallChart(ctx, systemNamespace, "gateway.enabled=true"); err != nil {
		return nil, err
	}
	if err := w.declare(ctx); err != nil {
		return nil, err
	}
	if w.gateway, err = c.RunManager(ctx, systemNamespace, "domicile-gateway"); err != nil {
		return nil, err
	}
	typed, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		return nil, err
	}
	service, err := typed.CoreV1().Services(systemNamespace).Get(ctx, "domicile-gateway", metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	w.service = service.Spec.ClusterIP
	return w, nil
}

// close ends the proxies, and then the cluster.
func (w *world) Close() error {
	var errs []error
	for _, p := range w.proxies {
		errs = append(errs, p.close())
	}
	return errors.Join(append(errs, w.Cluster.Close())...)
}

// declare makes the world: what the page prints for an access point is one of it.
func (w *world) declare(ctx context.Context) error {
	manifests := []string{declared, w.docs.accessPoint}
	for _, one := range []struct{ name, place, reseller string }{
		{"wren", "GB", "false"}, {"lantern", "CN", "false"}, {"meridian", "DE", "false"}, {"harbour", "GB", "true"},
	} {
		digest := sha256.Sum256([]byte("sk-" + one.name))
		fill := strings.NewReplacer("$NAME", one.name, "$PLACE", one.place, "$RESELLER", one.reseller, "$DIGEST", hex.EncodeToString(digest[:]))
		manifests = append(manifests, fill.Replace(customer))
	}
	for _, manifest := range strings.Split(strings.Join(manifests, "\n---\n"), "\n---\n") {
		o := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(manifest), &o.Object); err != nil {
			return fmt.Errorf("%w in\n%s", err, manifest)
		}
		if err := w.apply(ctx, o); err != nil {
			return fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

func (w *world) apply(ctx context.Context, o *unstructured.Unstructured) error {
	return w.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("test"), client.ForceOwnership)
}

// move moves the headquarters of a company.
func (w *world) move(ctx context.Context, name, place string) error {
	o := &unstructured.Unstructured{}
	text := strings.NewReplacer("$NAME", name, "$PLACE", place).Replace(strings.Split(customer, "\n---\n")[0])
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		return err
	}
	return w.apply(ctx, o)
}
