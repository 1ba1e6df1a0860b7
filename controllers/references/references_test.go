package references_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/controllers/references"
	"github.com/domicile-dev/domicile/internal/contact"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// run starts an index with a clock.
func run(t *testing.T, k clock.WithTicker) *references.Index {
	t.Helper()
	httpClient, err := rest.HTTPClientFor(server.Config)
	if err != nil {
		t.Fatal(err)
	}
	index, err := references.New(server.Config, httpClient, contact.New(10*time.Second, nil, k, logr.Discard()))
	if err != nil {
		t.Fatal(err)
	}
	apiserver.Start(t, index)
	return index
}

func named(name, tenant string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Namespace: "default", Name: name}
	if tenant != "" {
		m.Annotations = map[string]string{"domicile.dev/tenant": tenant}
	}
	return m
}

// answer is what the index says of an object, in words.
func answer[T any](value T, known bool) string {
	if !known {
		return "not known"
	}
	if account, ok := any(value).(translate.ServiceAccount); ok {
		text := fmt.Sprint(account.Secrets)
		for _, claim := range account.Claims.Tenants {
			text += " " + claim.Tenant
		}
		return text
	}
	return fmt.Sprint(value)
}

// TestWhatIsReferredToIsKnown follows Secrets and ServiceAccounts through their lives.
func TestWhatIsReferredToIsKnown(t *testing.T) {
	server.With(t,
		&corev1.Secret{ObjectMeta: named("before", "lantern")}, &corev1.Secret{ObjectMeta: named("of-nobody", "")},
		&corev1.ServiceAccount{ObjectMeta: named("of-nobody", "")},
		&corev1.ServiceAccount{ObjectMeta: named("runner", "lantern"), Secrets: []corev1.ObjectReference{{Name: "token"}}, ImagePullSecrets: []corev1.LocalObjectReference{{Name: "pull"}}},
	)
	index := run(t, clock.RealClock{})
	state := func() map[string]string {
		got := map[string]string{}
		for _, name := range []string{"before", "of-nobody", "later"} {
			got["Secret "+name] = answer(index.Secret("default", name))
		}
		for _, name := range []string{"runner", "of-nobody", "later"} {
			got["ServiceAccount "+name] = answer(index.ServiceAccount("default", name))
		}
		return got
	}
	becomes := func(reason string, want map[string]string) {
		t.Helper()
		apiserver.Eventually(t, reason, func(context.Context) error {
			if diff := cmp.Diff(want, state()); diff != "" {
				return fmt.Errorf("-want +got:\n%s", diff)
			}
			return nil
		})
	}
	want := map[string]string{
		"Secret before": "lantern", "Secret of-nobody": "", "Secret later": "not known",
		"ServiceAccount of-nobody": "[]", "ServiceAccount runner": "[token pull] lantern", "ServiceAccount later": "not known",
	}
	becomes("what was there before", want)

	later := &corev1.Secret{ObjectMeta: named("later", "meridian")}
	server.With(t, later, &corev1.ServiceAccount{ObjectMeta: named("later", "")})
	want["Secret later"], want["ServiceAccount later"] = "meridian", want["ServiceAccount of-nobody"]
	becomes("what came later", want)

	ctx := t.Context()
	later.Annotations = nil
	if err := server.Update(ctx, later); err != nil {
		t.Fatal(err)
	}
	of := &corev1.Secret{ObjectMeta: named("of-nobody", "lantern")}
	if err := server.Update(ctx, of); err != nil {
		t.Fatal(err)
	}
	want["Secret later"], want["Secret of-nobody"] = "", "lantern"
	becomes("what changed hands", want)

	for _, o := range []client.Object{later, of, &corev1.ServiceAccount{ObjectMeta: named("runner", "")}} {
		server.Without(t, o)
	}
	want["Secret later"], want["Secret of-nobody"], want["ServiceAccount runner"] = "not known", "not known", "not known"
	becomes("what was deleted", want)
}

// TestWhatMayBeTooOldIsNotKnown lets time go by in which no watch proves anything.
func TestWhatMayBeTooOldIsNotKnown(t *testing.T) {
	server.With(t, &corev1.Secret{ObjectMeta: named("aging", "lantern")})
	k := clocktesting.NewFakeClock(time.Now())
	index := run(t, k)
	is := func(want string) {
		t.Helper()
		apiserver.Eventually(t, want, func(context.Context) error {
			if got := answer(index.Secret("default", "aging")); got != want {
				return fmt.Errorf("got %q", got)
			}
			return nil
		})
	}
	is("lantern")
	k.SetTime(k.Now().Add(11 * time.Second))
	if got := answer(index.Secret("default", "aging")); got != "not known" {
		t.Errorf("after 11 s: %q, want that it is not known", got)
	}
	// The watch goes on, and proves anew what is known.
	is("lantern")
}
