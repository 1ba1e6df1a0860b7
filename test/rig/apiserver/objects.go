package apiserver

import (
	"cmp"
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Within is how long is waited for what happens in milliseconds.
const Within = 20 * time.Second

// Eventually waits until what is checked is no error any more.
func Eventually(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, Within, true, func(ctx context.Context) (bool, error) {
		last = check(ctx)
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("%s: %v", what, last)
	}
}

// With creates objects and deletes them with the test.
func (s *Server) With(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, o := range objects {
		if err := s.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Without(t, o) })
	}
}

// Without deletes an object if it is there. An API server goes on for a moment with asking a
// webhook whose configuration has been deleted.
func (s *Server) Without(t *testing.T, o client.Object) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(context.WithoutCancel(t.Context()), 20*time.Millisecond, Within, true, func(ctx context.Context) (bool, error) {
		last = client.IgnoreNotFound(s.Delete(ctx, o))
		return !apierrors.IsInternalError(last), nil
	})
	if err := cmp.Or(last, err); err != nil {
		t.Errorf("delete %s: %v", o.GetName(), err)
	}
}

// EmptySecret is the certificate Secret as the chart installs it.
func EmptySecret() *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: Secret}, Type: corev1.SecretTypeOpaque}
}
