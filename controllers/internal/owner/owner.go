// Package owner has what is written for an installation garbage-collected with it.
package owner

import (
	"context"
	"errors"
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// ErrGone is why nothing should be written: the installation is being removed.
var ErrGone = errors.New("the owner is gone")

// References are the ownerReferences of what is written. The owner is a ClusterRole of
// the installation, so that the garbage collector removes with it what is written: what
// refuses requests must not outlive those who can change it. The owner is looked up
// live, as its uid changes with every installation. Without a name there is none.
func References(ctx context.Context, live client.Reader, clusterRole string) ([]metav1.OwnerReference, error) {
	if clusterRole == "" {
		return nil, nil
	}
	var role rbacv1.ClusterRole
	err := live.Get(ctx, client.ObjectKey{Name: clusterRole}, &role)
	switch {
	case apierrors.IsNotFound(err), apierrors.IsForbidden(err):
		// An installation that is being removed may lose its rights first.
		return nil, ErrGone
	case err != nil:
		return nil, fmt.Errorf("read ClusterRole %s: %w", clusterRole, err)
	case !role.DeletionTimestamp.IsZero():
		return nil, ErrGone
	}
	return []metav1.OwnerReference{{
		APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole", Name: role.Name, UID: role.UID,
	}}, nil
}

// Owns says whether references name all owners that they should.
func Owns(have, want []metav1.OwnerReference) bool {
	for _, o := range want {
		if !has(have, o) {
			return false
		}
	}
	return true
}

func has(references []metav1.OwnerReference, o metav1.OwnerReference) bool {
	for _, r := range references {
		if r.UID == o.UID && r.Kind == o.Kind && r.Name == o.Name {
			return true
		}
	}
	return false
}
