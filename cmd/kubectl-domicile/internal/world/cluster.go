package world

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// pageSize is how many objects one request lists.
const pageSize = 500

// Need says what of a cluster is needed, so that no more rights are.
type Need struct {
	// Policy is the only TenantPolicy; "" is all of them.
	Policy string
	// Tenant is the only Tenant; "" is none, unless AllTenants are needed.
	Tenant     string
	AllTenants bool
	// Registers says where the data of OwnershipRegisters is.
	Registers Registers
}

// FromCluster reads the world as it stands in a cluster, and no more of it than
// is needed. A policy or tenant that does not exist is a *NotFoundError.
func FromCluster(ctx context.Context, client dynamic.Interface, need Need) (*View, error) {
	c := cluster{client: client}
	policies, err := readPolicies(ctx, c, need.Policy)
	if err != nil {
		return nil, err
	}
	tenants, err := readTenants(ctx, c, need)
	if err != nil {
		return nil, err
	}
	entities, err := list[v1alpha1.LegalEntity](ctx, c, "legalentities")
	if err != nil {
		return nil, err
	}
	exemptions, err := list[v1alpha1.TenantExemption](ctx, c, "tenantexemptions")
	if err != nil {
		return nil, err
	}
	registers, err := readRegisters(ctx, c, need.Registers)
	if err != nil {
		return nil, err
	}
	w := newView(parts{
		policies: kindOf(policies, nameOf), tenants: kindOf(tenants, nameOf), entities: kindOf(entities, nameOf),
		exemptions: kindOf(exemptions, nameOf), registers: kindOf(registers.all, nameOf), layers: registers.layers,
	})
	w.Notes, w.Missing = registers.notes, registers.missing
	return w, nil
}

// clusterRegisters are the OwnershipRegisters of a cluster and their data.
type clusterRegisters struct {
	all    []v1alpha1.OwnershipRegister
	layers map[string]*ownership.Layer
	// missing are those whose data cannot be read, and notes say why.
	missing, notes []string
}

// readRegisters reads the OwnershipRegisters of a cluster, and their data from
// where it is.
func readRegisters(ctx context.Context, c cluster, places Registers) (r clusterRegisters, err error) {
	r.all, err = list[v1alpha1.OwnershipRegister](ctx, c, "ownershipregisters")
	if err != nil {
		return r, err
	}
	if err := places.unknown(r.all); err != nil {
		return r, err
	}
	r.layers = map[string]*ownership.Layer{}
	for i := range r.all {
		one := &r.all[i]
		layer, note := places.live(ctx, one)
		if note != "" {
			r.missing, r.notes = append(r.missing, one.Name), append(r.notes, note)
		}
		r.layers[one.Name] = layer
	}
	return r, ctx.Err()
}

func readTenants(ctx context.Context, c cluster, need Need) ([]v1alpha1.Tenant, error) {
	switch {
	case need.AllTenants:
		return list[v1alpha1.Tenant](ctx, c, "tenants")
	case need.Tenant == "":
		return nil, nil
	}
	tenant, err := get[v1alpha1.Tenant](ctx, c, "tenants", need.Tenant)
	return []v1alpha1.Tenant{tenant}, err
}

func readPolicies(ctx context.Context, c cluster, name string) ([]v1alpha1.TenantPolicy, error) {
	if name == "" {
		return list[v1alpha1.TenantPolicy](ctx, c, "tenantpolicies")
	}
	policy, err := get[v1alpha1.TenantPolicy](ctx, c, "tenantpolicies", name)
	return []v1alpha1.TenantPolicy{policy}, err
}

// LiveNamespace reads a namespace of a cluster; nil if there is none.
func LiveNamespace(ctx context.Context, client dynamic.Interface, name string) (*residency.Namespace, error) {
	u, err := client.Resource(corev1.SchemeGroupVersion.WithResource("namespaces")).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil //nolint:nilnil // as documented
	case apierrors.IsForbidden(err):
		return nil, fmt.Errorf("%w\nyou need the verb \"get\" on namespaces, or its manifest with -f", err)
	case err != nil:
		return nil, fmt.Errorf("get namespace %s: %w", name, err)
	}
	return translate.NamespaceOf(name, u.GetLabels(), u.GetAnnotations()), nil
}

// Names lists the names of all objects of a resource of Domicile.
func Names(ctx context.Context, client dynamic.Interface, resource string) ([]string, error) {
	var names []string
	err := cluster{client: client}.list(ctx, resource, func(u *unstructured.Unstructured) error {
		names = append(names, u.GetName())
		return nil
	})
	return names, err
}

type cluster struct {
	client dynamic.Interface
}

func (c cluster) list(ctx context.Context, resource string, each func(*unstructured.Unstructured) error) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := c.client.Resource(v1alpha1.GroupVersion.WithResource(resource)).List(ctx, options)
		if err != nil {
			return explained(err, "list", resource)
		}
		for i := range page.Items {
			if err := each(&page.Items[i]); err != nil {
				return err
			}
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

func list[T any](ctx context.Context, c cluster, resource string) ([]T, error) {
	var all []T
	err := c.list(ctx, resource, func(u *unstructured.Unstructured) error {
		one, err := typed[T](u)
		all = append(all, one)
		return err
	})
	return all, err
}

func get[T any](ctx context.Context, c cluster, resource, name string) (T, error) {
	var zero T
	u, err := c.client.Resource(v1alpha1.GroupVersion.WithResource(resource)).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) && named(err):
		known, listErr := Names(ctx, c.client, resource)
		if listErr != nil {
			known = nil // Only there to help.
		}
		return zero, &NotFoundError{Resource: resource, Name: name, Known: known}
	case err != nil:
		return zero, explained(err, "get", resource)
	}
	return typed[T](u)
}

func typed[T any](u *unstructured.Unstructured) (T, error) {
	var out T
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &out); err != nil {
		return out, fmt.Errorf("decode %s %s: %w", u.GetKind(), u.GetName(), err)
	}
	return out, nil
}
