package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// world is a cluster, and what policies and tenants there are.
type world struct {
	*cluster.Cluster
	client.Client
	scheme *runtime.Scheme
	declared
}

type declared = snapshottest.Inputs

// parallel is how many requests are made at a time to fill the cluster.
const parallel = 16

// newWorld installs the kinds. Nobody answers admission requests, and so nobody
// is asked.
func newWorld(ctx context.Context, c *cluster.Cluster) (*world, error) {
	w := &world{Cluster: c, scheme: runtime.NewScheme()}
	if err := errors.Join(clientgoscheme.AddToScheme(w.scheme), v1alpha1.AddToScheme(w.scheme)); err != nil {
		return nil, err
	}
	if err := c.InstallChart(ctx, "domicile-system", "replicas=1"); err != nil {
		return nil, err
	}
	var err error
	w.Client, err = client.New(c.Config(), client.Options{Scheme: w.scheme})
	return w, err
}

// fill makes tenants, namespaces bound to them, and pods in those that look like
// most pods do.
func (w *world) fill(ctx context.Context, s size) error {
	w.Policies = []v1alpha1.TenantPolicy{{
		ObjectMeta: metav1.ObjectMeta{Name: "no-kp"},
		Spec:       v1alpha1.TenantPolicySpec{Jurisdictions: v1alpha1.JurisdictionRule{Blocked: []v1alpha1.JurisdictionCode{"KP"}}},
	}}
	for i := range s.tenants {
		name := fmt.Sprintf("tenant-%03d", i)
		w.Entities = append(w.Entities, v1alpha1.LegalEntity{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       v1alpha1.LegalEntitySpec{DisplayName: name, Type: v1alpha1.EntityCompany, Jurisdictions: &v1alpha1.EntityJurisdictions{Headquarters: "NZ"}},
		})
		w.Tenants = append(w.Tenants, v1alpha1.Tenant{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       v1alpha1.TenantSpec{Parties: []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: v1alpha1.PartyReference{Name: name}}}},
		})
	}
	var objects []client.Object
	for i := range w.Policies {
		objects = append(objects, w.Policies[i].DeepCopy())
	}
	for i := range w.Tenants {
		objects = append(objects, w.Tenants[i].DeepCopy())
	}
	for i := range s.namespaces {
		objects = append(objects, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name:        namespaceName(i),
			Annotations: map[string]string{v1alpha1.TenantAnnotation: w.Tenants[i%s.tenants].Name},
		}})
	}
	if err := w.createAll(ctx, objects); err != nil {
		return err
	}
	objects = objects[:0]
	for i := range s.pods {
		objects = append(objects, pod(namespaceName(i%s.namespaces), i))
	}
	return w.createAll(ctx, objects)
}

func namespaceName(i int) string { return fmt.Sprintf("ns-%03d", i) }

func (w *world) createAll(ctx context.Context, objects []client.Object) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, o := range objects {
		group.Go(func() error { return w.Create(ctx, o) })
	}
	return group.Wait()
}

// pod runs on a simulated node. It has about as many fields as most pods, some
// 4 kB once the cluster has filled in the rest.
func pod(namespace string, i int) *corev1.Pod {
	var env []corev1.EnvVar
	for n := range 12 {
		env = append(env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", n), Value: "a value of the usual length, more or less"})
	}
	env = append(env, corev1.EnvVar{Name: "KEY", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "key"}, Key: "key", Optional: ptr.To(true),
	}}})
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: fmt.Sprintf("pod-%05d", i),
			Labels: map[string]string{"app": "web", "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "shop"},
		},
		Spec: corev1.PodSpec{
			NodeName:                     fmt.Sprintf("node-%d", i%20),
			AutomountServiceAccountToken: ptr.To(false),
			Tolerations:                  []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			Containers: []corev1.Container{{
				Name: "web", Image: "registry.example/shop/web:1.2.3", Env: env,
				Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{
					corev1.ResourceCPU: resource.MustParse("1m"), "nvidia.com/gpu": resource.MustParse("1"),
				}},
			}},
		},
	}
}
