package filled

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// Create makes objects by requests, and says how long that took.
func Create(ctx context.Context, c client.Writer, objects []client.Object) (time.Duration, error) {
	begin := time.Now()
	requests, ctx := errgroup.WithContext(ctx)
	requests.SetLimit(Parallel)
	for _, o := range objects {
		requests.Go(func() error { return c.Create(ctx, o) })
	}
	err := requests.Wait()
	return time.Since(begin), err
}

// Namespaces makes namespaces that are bound to tenants, by name, and waits until Pods
// can be created in them.
func Namespaces(ctx context.Context, c client.Client, tenants map[string]string) error {
	for name, tenant := range tenants {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{v1alpha1.TenantAnnotation: tenant}}}
		if err := c.Create(ctx, ns); err != nil {
			return err
		}
		err := cluster.Poll(ctx, "a service account in namespace "+name, func(ctx context.Context) (bool, error) {
			err := c.Get(ctx, client.ObjectKey{Namespace: name, Name: "default"}, &corev1.ServiceAccount{})
			return err == nil, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
