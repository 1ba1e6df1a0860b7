package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/report"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

const (
	systemNamespace = "domicile-system"
	// neighbours is how many other tenants there are, each one company.
	neighbours = 1000
	// enforced is how soon a flip should be answered, by every replica.
	enforced = 100 * time.Millisecond
	// flipping is the key of the tenant that flips.
	flipping = "sk-flipping"
)

// flips measures how long it takes from the API server's acknowledgement of a change until
// all replicas of the chart's gateway answer as it says.
func flips(ctx context.Context, o options, progress io.Writer) (rows []report.Row, err error) {
	fmt.Fprintln(progress, "starting an API server and the chart's gateway")
	c, err := cluster.Start(ctx, cluster.Options{Nodes: 1})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	api, err := client.New(c.Config(), client.Options{Scheme: scheme})
	if err != nil {
		return nil, err
	}
	if err := c.InstallChart(ctx, systemNamespace, "gateway.enabled=true"); err != nil {
		return nil, err
	}
	if err := populate(ctx, api); err != nil {
		return nil, err
	}
	replicas, err := c.RunManager(ctx, systemNamespace, "domicile-gateway")
	if err != nil {
		return nil, err
	}
	addresses := make([]string, replicas.Replicas())
	for i := range addresses {
		if addresses[i], err = replicas.Address(i, "http"); err != nil {
			return nil, err
		}
	}
	took := &samples{}
	for i := range o.flips {
		one, err := flipOnce(ctx, api, addresses, i%2 == 0)
		if err != nil {
			return nil, err
		}
		took.took = append(took.took, one)
	}
	return []report.Row{
		{Name: "a flip: p50", Value: took.quantile(0.5), Unit: report.Nanoseconds},
		{Name: "a flip: p99", Value: took.quantile(0.99), Unit: report.Nanoseconds, Aim: float64(enforced)},
	}, nil
}

// populate makes the tenant that flips, its key, and its neighbours.
func populate(ctx context.Context, api client.Client) error {
	digest := sha256.Sum256([]byte(flipping))
	policy := sample.Policy("no-cn", nil)
	objects := []client.Object{
		&policy,
		&v1alpha1.AccessPoint{ObjectMeta: metav1.ObjectMeta{Name: "public"}, Spec: v1alpha1.AccessPointSpec{
			Identify: []v1alpha1.Identification{{APIKey: &v1alpha1.APIKeySource{}}}, Response: v1alpha1.ResponseOpenAI,
		}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "keys", Annotations: map[string]string{v1alpha1.TenantAnnotation: tenant(0)}}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{
			Name: "key", Namespace: "keys", Labels: map[string]string{v1alpha1.APIKeyLabel: "true"},
			Annotations: map[string]string{v1alpha1.KeyDigestAnnotation: hex.EncodeToString(digest[:])},
		}},
	}
	for i := range neighbours {
		entity, t := sample.Entity(tenant(i), "GB"), sample.Tenant(tenant(i), tenant(i), "1")
		objects = append(objects, &entity, &t)
	}
	for _, o := range objects {
		if err := api.Create(ctx, o); err != nil {
			return fmt.Errorf("create %s: %w", o.GetName(), err)
		}
	}
	return nil
}

// flipOnce moves a company, and waits for all replicas.
func flipOnce(ctx context.Context, api client.Client, addresses []string, there bool) (time.Duration, error) {
	place, want := "GB", http.StatusOK
	if there {
		place, want = "CN", http.StatusForbidden
	}
	entity := &v1alpha1.LegalEntity{ObjectMeta: metav1.ObjectMeta{Name: tenant(0)}}
	patch := fmt.Sprintf(`{"spec":{"jurisdictions":{"headquarters":%q}}}`, place)
	if err := api.Patch(ctx, entity, client.RawPatch(types.MergePatchType, []byte(patch))); err != nil {
		return 0, err
	}
	acknowledged := time.Now()
	for _, address := range addresses {
		if err := until(ctx, address, want); err != nil {
			return 0, err
		}
	}
	return time.Since(acknowledged), nil
}

var asker = &http.Client{Timeout: 10 * time.Second}

// until asks without a pause until the answer has a status.
func until(ctx context.Context, address string, want int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/check/public", http.NoBody)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+flipping)
		response, err := asker.Do(request)
		if err != nil {
			return fmt.Errorf("wait for %d: %w", want, err)
		}
		_, err = io.Copy(io.Discard, response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode == want {
			return err
		}
	}
}
