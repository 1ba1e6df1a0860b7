package webhookconfig

import (
	"context"
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A cluster has one webhook configuration, and so one installation of Domicile. Two would
// write over each other for ever, and suspend and give back in turns.

// OwnerFlag is the manager's flag that names the ClusterRole of its installation.
const OwnerFlag = "--owner-cluster-role"

// Installation is one of Domicile. The configuration says whose it is: it leads to the
// webhook in Namespace, and is garbage-collected with the ClusterRole Name, after which
// the Deployment is called, too.
type Installation struct {
	Namespace, Name string
}

// String is the installation as people are told of it.
func (i Installation) String() string { return i.Namespace + "/" + i.Name }

// InstallationOf reads whose a configuration is; false if it does not say.
func InstallationOf(c *admissionv1.ValidatingWebhookConfiguration) (Installation, bool) {
	var i Installation
	for _, w := range c.Webhooks {
		if w.ClientConfig.Service != nil {
			i.Namespace = w.ClientConfig.Service.Namespace
			break
		}
	}
	for _, o := range c.OwnerReferences {
		if o.Kind == "ClusterRole" {
			i.Name = o.Name
		}
	}
	return i, i.Namespace != "" && i.Name != ""
}

// Rival finds the installation that the configuration belongs to, if it is another one
// and lives; nil if this one may write. It writes nothing.
func (i Installation) Rival(ctx context.Context, live client.Reader, reviews client.Writer) (*Installation, error) {
	var c admissionv1.ValidatingWebhookConfiguration
	if err := live.Get(ctx, client.ObjectKey{Name: Name}, &c); client.IgnoreNotFound(err) != nil {
		return nil, fmt.Errorf("read the webhook configuration: %w", err)
	}
	return i.rivalIn(ctx, live, reviews, &c)
}

func (i Installation) rivalIn(ctx context.Context, live client.Reader, reviews client.Writer, c *admissionv1.ValidatingWebhookConfiguration) (*Installation, error) {
	other, ok := InstallationOf(c)
	if !ok || other == i || other.Namespace == i.Namespace && i.Name == "" {
		return nil, nil
	}
	lives, err := other.lives(ctx, live, reviews)
	if err != nil || !lives {
		return nil, err
	}
	return &other, nil
}

// lives says whether an installation can write the configuration: its Deployment is there,
// and its ServiceAccount may. Whoever may edit the configuration, and no more, can so keep
// nobody from putting it back.
func (i Installation) lives(ctx context.Context, live client.Reader, reviews client.Writer) (bool, error) {
	var d appsv1.Deployment
	err := live.Get(ctx, client.ObjectKey{Namespace: i.Namespace, Name: i.Name}, &d)
	switch {
	case apierrors.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read the Deployment of %s: %w", i, err)
	case !d.DeletionTimestamp.IsZero(), !i.runs(d.Spec.Template.Spec.Containers):
		return false, nil
	}
	account := d.Spec.Template.Spec.ServiceAccountName
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:   "system:serviceaccount:" + i.Namespace + ":" + account,
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + i.Namespace, "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Verb: "update", Group: admissionv1.GroupName, Resource: "validatingwebhookconfigurations", Name: Name,
		},
	}}
	if err := reviews.Create(ctx, review); err != nil {
		return false, fmt.Errorf("ask what %s may: %w", i, err)
	}
	return review.Status.Allowed, nil
}

// runs says whether one of the containers is a manager of this installation.
func (i Installation) runs(containers []corev1.Container) bool {
	return slices.ContainsFunc(containers, func(c corev1.Container) bool {
		return slices.Contains(c.Args, OwnerFlag+"="+i.Name)
	})
}

// TakenError says that another installation has the webhook configuration.
type TakenError struct {
	// By is whose it is.
	By Installation
}

// Error implements error.
func (e *TakenError) Error() string {
	return fmt.Sprintf("the webhook configuration %q belongs to %s, which lives: a cluster has one installation of Domicile", Name, e.By)
}

// tenure ends the program when another installation has taken the configuration. Only a
// start looks whether it may begin again.
type tenure chan error

// lost ends it.
func (t tenure) lost(to Installation) {
	select {
	case t <- &TakenError{By: to}:
	default:
	}
}

// Start implements manager.Runnable.
func (t tenure) Start(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-t:
		return err
	}
}

// NeedLeaderElection says no: every replica may write the configuration.
func (t tenure) NeedLeaderElection() bool { return false }
