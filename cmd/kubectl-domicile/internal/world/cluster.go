package world

import (
	"context"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/domicile-dev/domicile/api/v1alpha1"
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
	// AccessPoints says that requests are decided about.
	AccessPoints bool
	// Definitions are those of the cluster, where objects are decided about that are in it.
	Definitions Definitions
	// Registers says where the data of OwnershipRegisters is.
	Registers Registers
}

// FromCluster reads the world as it stands in a cluster, and no more of it than
// is needed. A policy or tenant that does not exist is a *NotFoundError.
func FromCluster(ctx context.Context, client dynamic.Interface, need Need) (*View, error) {
	c, p := cluster{client: client}, newParts()
	maps.Copy(p.definitions, need.Definitions)
	if err := readPolicies(ctx, c, need.Policy, p); err != nil {
		return nil, err
	}
	if err := readTenants(ctx, c, need, p); err != nil {
		return nil, err
	}
	if err := readAll(ctx, c, "legalentities", p.entities, translate.LegalEntity); err != nil {
		return nil, err
	}
	if err := readAll(ctx, c, "tenantexemptions", p.exemptions, translate.Exemption); err != nil {
		return nil, err
	}
	if need.AccessPoints {
		if err := readAll(ctx, c, "accesspoints", p.points, translate.AccessPoint); err != nil {
			return nil, err
		}
	}
	missing, notes, err := readRegisters(ctx, c, need.Registers, p)
	if err != nil {
		return nil, err
	}
	w := newView(p)
	w.Notes, w.Missing = notes, missing
	return w, nil
}

// readRegisters reads the OwnershipRegisters of a cluster, and their data from
// where it is. It says whose data cannot be read, and why.
func readRegisters(ctx context.Context, c cluster, places Registers, p parts) (missing, notes []string, err error) {
	if err := readAll(ctx, c, "ownershipregisters", p.registers, compileRegister); err != nil {
		return nil, nil, err
	}
	if err := places.unknown(p.registers.names()); err != nil {
		return nil, nil, err
	}
	for _, name := range p.registers.names() {
		layer, note := places.live(ctx, name, p.registers[name])
		if note != "" {
			missing, notes = append(missing, name), append(notes, note)
		}
		p.layers[name] = layer
	}
	return missing, notes, ctx.Err()
}

func readTenants(ctx context.Context, c cluster, need Need, p parts) error {
	switch {
	case need.AllTenants:
		return readAll(ctx, c, "tenants", p.tenants, translate.Tenant)
	case need.Tenant == "":
		return nil
	}
	return readOne(ctx, c, "tenants", need.Tenant, p.tenants, translate.Tenant)
}

func readPolicies(ctx context.Context, c cluster, name string, p parts) error {
	if name == "" {
		return readAll(ctx, c, "tenantpolicies", p.policies, translate.Policy)
	}
	return readOne(ctx, c, "tenantpolicies", name, p.policies, translate.Policy)
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

// readAll reads the objects of a kind. What is wrong with one is for its verdicts
// to say.
func readAll[T any, C compiled](ctx context.Context, c cluster, resource string, into kind[T, C], compile func(*T) C) error {
	return c.list(ctx, resource, func(u *unstructured.Unstructured) error { return store(u, into, compile) })
}

func readOne[T any, C compiled](ctx context.Context, c cluster, resource, name string, into kind[T, C], compile func(*T) C) error {
	u, err := c.client.Resource(v1alpha1.GroupVersion.WithResource(resource)).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) && named(err):
		known, listErr := Names(ctx, c.client, resource)
		if listErr != nil {
			known = nil // Only there to help.
		}
		return &NotFoundError{Resource: resource, Name: name, Known: known}
	case err != nil:
		return explained(err, "get", resource)
	}
	return store(u, into, compile)
}

func store[T any, C compiled](u *unstructured.Unstructured, into kind[T, C], compile func(*T) C) error {
	if _, err := into.add(u.Object, compile); err != nil {
		return fmt.Errorf("%s %s: %w", u.GetKind(), u.GetName(), err)
	}
	return nil
}
