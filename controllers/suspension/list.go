package suspension

import (
	"context"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// list finds everything that says to be suspended, and everything that is held,
// also what no policy covers any more.
func (s *Suspender) list(ctx context.Context) error {
	resources, err := s.markable()
	if err != nil {
		return err
	}
	for _, r := range resources {
		err := s.eachLabelled(ctx, r, "", v1alpha1.SuspendedLabel, func(m *metav1.PartialObjectMetadata) *entry {
			return &entry{
				key: key{resource: r, namespace: m.Namespace, name: m.Name}, way: kinds.Set,
				state: pending, due: true, policies: policiesOf(m.Annotations),
			}
		})
		// What may not be listed may not be suspended either.
		if err != nil && !apierrors.IsForbidden(err) && !apierrors.IsNotFound(err) && !apierrors.IsMethodNotSupported(err) {
			return fmt.Errorf("list %s: %w", r.Resource, err)
		}
	}
	err = s.eachLabelled(ctx, secretResource, s.Namespace, heldLabel, s.heldEntry)
	if err != nil {
		return fmt.Errorf("list what is held: %w", err)
	}
	return nil
}

func (s *Suspender) heldEntry(m *metav1.PartialObjectMetadata) *entry {
	of, err := originOf(m.Annotations)
	if err != nil || m.Name != heldName(of.UID) {
		s.Log.Info("A held Secret does not say whose it is", "name", m.Name)
		return nil
	}
	e := &entry{
		key:   key{resource: secretResource, namespace: of.Namespace, name: of.Name, uid: of.UID},
		way:   kinds.Hold,
		state: pending, due: true, tenant: of.Tenant, policies: of.Policies,
	}
	if of.Kind == "Pod" {
		e.resource, e.way = podResource, kinds.Evict
	}
	return e
}

func (s *Suspender) eachLabelled(ctx context.Context, r schema.GroupVersionResource, namespace, label string, entryOf func(*metav1.PartialObjectMetadata) *entry) error {
	o := metav1.ListOptions{Limit: listPage, LabelSelector: labels.Set{label: marked}.String()}
	for {
		page, err := s.Metadata.Resource(r).Namespace(namespace).List(ctx, o)
		if err != nil {
			return err
		}
		var found []*entry
		for i := range page.Items {
			if m := &page.Items[i]; namespace != "" || !s.Skip(m.Namespace) {
				if e := entryOf(m); e != nil {
					found = append(found, e)
				}
			}
		}
		s.ledger.add(found)
		if o.Continue = page.Continue; o.Continue == "" {
			return nil
		}
	}
}

// markable are the resources that may have been suspended: those that are known,
// and everything that is not Kubernetes' own. Secrets and Pods are found by what
// is held of them, because nothing that a user writes is to be believed there.
func (s *Suspender) markable() ([]schema.GroupVersionResource, error) {
	lists, err := s.Discovery.ServerPreferredResources()
	if err != nil && !discovery.IsGroupDiscoveryFailedError(err) {
		return nil, fmt.Errorf("ask which resources there are: %w", err)
	}
	var resources []schema.GroupVersionResource
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue
		}
		for _, r := range list.APIResources {
			gvr := gv.WithResource(r.Name)
			gr := gvr.GroupResource()
			if strings.Contains(r.Name, "/") || !slices.Contains(r.Verbs, "list") || !slices.Contains(r.Verbs, "patch") {
				continue
			}
			if autoscalerField(gr) != nil || isMarkable(gr) {
				resources = append(resources, gvr)
			}
		}
	}
	return resources, nil
}

func isMarkable(r schema.GroupResource) bool {
	if k := translate.KindOf(r); k != nil {
		return k.Way == kinds.Set
	}
	return strings.Contains(r.Group, ".") && r.Group != v1alpha1.Group
}
