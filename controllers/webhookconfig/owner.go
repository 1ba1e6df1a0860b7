package webhookconfig

import (
	"context"
	"errors"
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var errOwnerGone = errors.New("the owner is gone")

// owners returns the ownerReferences of the webhook configuration. Its owner is
// a ClusterRole of the installation, so that the garbage collector removes the
// configuration with it: what refuses requests when nobody answers must not
// outlive those who answer. The owner is looked up live, as its uid changes with
// every installation.
func (r *Reconciler) owners(ctx context.Context) ([]metav1.OwnerReference, error) {
	if r.owner == "" {
		return nil, nil
	}
	var role rbacv1.ClusterRole
	err := r.live.Get(ctx, client.ObjectKey{Name: r.owner}, &role)
	switch {
	case apierrors.IsNotFound(err), apierrors.IsForbidden(err):
		// An installation that is being removed may lose its rights first.
		return nil, errOwnerGone
	case err != nil:
		return nil, fmt.Errorf("read ClusterRole %s: %w", r.owner, err)
	case !role.DeletionTimestamp.IsZero():
		return nil, errOwnerGone
	}
	return []metav1.OwnerReference{{
		APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole", Name: role.Name, UID: role.UID,
	}}, nil
}

func hasOwner(c *admissionv1.ValidatingWebhookConfiguration, o metav1.OwnerReference) bool {
	for _, have := range c.OwnerReferences {
		if have.UID == o.UID && have.Kind == o.Kind && have.Name == o.Name {
			return true
		}
	}
	return false
}
