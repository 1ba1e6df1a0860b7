package manager

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/webhookconfig"
)

// about says whether a request reads one of these resources of the API.
func about(r *http.Request, resources ...string) bool {
	return r.Method == http.MethodGet && slices.ContainsFunc(resources, func(resource string) bool {
		return strings.HasSuffix(r.URL.Path, "/"+resource)
	})
}

// Whatever the API server is slow to tell, or cannot tell yet, nothing runs that
// could miss it: the informers have everything before leaders are elected.
func TestTheManagerWaitsForASlowAPIServer(t *testing.T) {
	const namespace = "domicile-system"
	c := controlPlane(t, namespace)
	kinds := []string{
		"accesspoints", "legalentities", "namespaces", "ownershipregisters", "secrets", "tenantexemptions", "tenantpolicies", "tenants",
		"validatingwebhookconfigurations",
	}
	after := func(d time.Duration, yes bool) hindrance {
		if !yes {
			d = 0
		}
		return hindrance{delay: d}
	}
	cases := map[string]struct {
		reason string
		hinder func(asked int64, r *http.Request) hindrance
	}{
		"everything": {"a busy machine", func(int64, *http.Request) hindrance { return after(500*time.Millisecond, true) }},
		"discovery": {"nobody has to be asked what kinds there are", func(_ int64, r *http.Request) hindrance {
			return after(2*time.Second, about(r, "api", "apis") || about(r, "v1alpha1"))
		}},
		"not there yet": {"the CRDs are installed at the same moment, and the API server is starting", func(asked int64, r *http.Request) hindrance {
			switch {
			case asked > 40:
				return hindrance{}
			case strings.Contains(r.URL.Path, v1alpha1.GroupVersion.Group):
				return hindrance{status: http.StatusNotFound}
			default:
				return hindrance{status: http.StatusServiceUnavailable}
			}
		}},
	}
	for _, kind := range append(slices.Clone(kinds), "customresourcedefinitions") {
		cases[kind] = struct {
			reason string
			hinder func(int64, *http.Request) hindrance
		}{"somebody reads it first, and may be the first to run", func(_ int64, r *http.Request) hindrance {
			return after(time.Second, about(r, kind))
		}}
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			register := &v1alpha1.OwnershipRegister{ObjectMeta: metav1.ObjectMeta{GenerateName: "missing-"}, Spec: v1alpha1.OwnershipRegisterSpec{
				Format: v1alpha1.FormatBODS,
				Source: v1alpha1.RegisterSource{File: &v1alpha1.FileSource{Paths: []string{"missing.json"}}},
			}}
			// The API server asks the manager before this one for a moment longer.
			err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
				err := c.Create(ctx, register)
				if apierrors.IsInternalError(err) {
					return false, nil
				}
				return err == nil, err
			})
			if err != nil {
				t.Fatal(err)
			}
			var asked atomic.Int64
			p := newProxy(t, func(r *http.Request) hindrance { return tc.hinder(asked.Add(1), r) })
			m := startProcess(t, namespace, p.kubeconfig)
			m.waitFor(t, "the manager is not ready ("+tc.reason+")", answers(t, m.readyz, http.StatusOK))
			m.waitFor(t, "nobody writes status ("+tc.reason+")", func(ctx context.Context) error {
				if err := c.Get(ctx, client.ObjectKeyFromObject(register), register); err != nil {
					return err
				}
				if len(register.Status.Conditions) == 0 {
					return errors.New("the register has none")
				}
				return nil
			})
			m.terminate(t)
			m.waitEnd(t)
			watched := p.beforeElection()
			delete(watched, "customresourcedefinitions") // the first snapshot waits for these
			delete(watched, "serviceaccounts")           // nobody waits for these: what is not known is read live
			if diff := cmp.Diff(kinds, slices.Sorted(maps.Keys(watched))); diff != "" {
				t.Errorf("what was watched before a leader was elected (-want +got): %s\n%s", tc.reason, diff)
			}
			// It leads to a manager that is no more.
			gone := &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: webhookconfig.Name}}
			if err := c.Delete(context.WithoutCancel(t.Context()), gone); client.IgnoreNotFound(err) != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheManagerThatWaitsIsAliveAndCanBeStopped(t *testing.T) {
	const namespace = "domicile-system"
	controlPlane(t, namespace)
	p := newProxy(t, func(r *http.Request) hindrance {
		if about(r, "tenants") {
			return hindrance{delay: time.Hour}
		}
		return hindrance{}
	})
	m := startProcess(t, namespace, p.kubeconfig)
	m.waitFor(t, "nobody would know that it is alive", answers(t, m.healthz, http.StatusOK))
	m.waitFor(t, "it does not watch", func(context.Context) error {
		if !p.asked("tenants") {
			return errors.New("nobody asked for tenants")
		}
		return nil
	})
	if got := statusOf(t, m.readyz); got == http.StatusOK {
		t.Error("it is ready without knowing any tenant")
	}
	if _, why := get(t, m.readyz+"/webhook"); !strings.Contains(why, "the first snapshot has not been built yet") {
		t.Errorf("the runbooks say that it says why it is not ready: %q", why)
	}
	m.terminate(t)
	m.waitEnd(t)
}
