package certificate

import (
	"context"
	"fmt"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/controllers/internal/apply"
)

// makeAgain makes the Secret again after somebody deleted it, as it was last seen: API
// servers go on trusting what the replicas go on serving. Without that it is empty, and
// filled in as at an installation. Whoever else issues certificates makes it himself.
func (r *Reconciler) makeAgain(ctx context.Context) error {
	if r.issues == nil {
		return fmt.Errorf("the certificate Secret %s does not exist: whoever issues it has to make it", r.secret)
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.secret.Namespace, Name: r.secret.Name},
		Type:       corev1.SecretTypeOpaque,
	}
	if r.last != nil {
		secret.Labels, secret.Annotations = r.last.Labels, r.last.Annotations
		secret.Type, secret.Data = r.last.Type, r.last.Data
	}
	err := r.client.Create(ctx, secret, apply.Owner)
	if apierrors.IsAlreadyExists(err) {
		return nil // another replica was faster
	}
	if err != nil {
		return fmt.Errorf("make the certificate Secret %s again: %w", r.secret, err)
	}
	logr.FromContextOrDiscard(ctx).Info("Made the certificate Secret again", "asItWas", r.last != nil)
	return nil
}
