package integration

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/test/rig/actor"
)

// as is somebody with the rights of a group of the test's world.
func (w *world) as(t *testing.T, user string, groups ...string) *actor.Actor {
	t.Helper()
	a, err := actor.New(w.As(user, append(groups, "users", "system:authenticated")...))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// object fills in a manifest in flow style.
func object(format string, args ...any) *unstructured.Unstructured {
	return actor.Objects(fmt.Sprintf(format, args...))[0]
}

// claim is metadata that claims a tenant, "" for none.
func claim(tenant string) string {
	if tenant == "" {
		return ""
	}
	return fmt.Sprintf("annotations: {domicile.dev/tenant: %q}", tenant)
}

// container is a pod spec that the API server accepts.
const container = `containers: [{name: c, image: example.org/c:1}]`

// pod is a pod that claims a tenant.
func pod(namespace, name, tenant string) *unstructured.Unstructured {
	return object(`{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, %s}, spec: {%s}}`, name, namespace, claim(tenant), container)
}

// status is what the API server says of an error.
func status(err error) metav1.Status {
	var s apierrors.APIStatus
	if !errors.As(err, &s) {
		return metav1.Status{}
	}
	return s.Status()
}

// reasons are the machine-readable reasons of a refusal in one line; "" if it
// is none of ours.
func reasons(err error) string {
	s := status(err)
	if s.Details == nil || s.Code != http.StatusForbidden {
		return ""
	}
	var list []string
	for _, cause := range s.Details.Causes {
		list = append(list, string(cause.Type))
	}
	return strings.Join(list, " ")
}

// withMirror says that the mirror is on in this run, so that the API server refuses some
// of it by itself: make test-mirror.
var withMirror = os.Getenv("DOMICILE_MIRROR") != ""

// mirrored says whether the API server has refused something by itself. Then nobody is
// asked: nothing but that is told, and Domicile writes no audit annotations.
func mirrored(err error) bool {
	return withMirror && strings.Contains(status(err).Message, "as mirrored by Domicile")
}

// isRefused says whether something was refused for exactly these reasons. The mirror does
// not tell them: it refuses who is restricted.
func isRefused(err error, want string) bool {
	return reasons(err) == want || strings.HasPrefix(want, "Restricted") && mirrored(err)
}

// wantRefused checks that something was refused for exactly these reasons.
func wantRefused(t *testing.T, why string, err error, want string) {
	t.Helper()
	if !isRefused(err, want) {
		t.Errorf("%s: want a refusal for %q, got %q: %v", why, want, reasons(err), err)
	}
}

// wantOutcome is wantRefused, or with "" that nothing went wrong.
func wantOutcome(t *testing.T, why string, err error, want string) {
	t.Helper()
	if want != "" {
		wantRefused(t, why, err, want)
	} else if err != nil {
		t.Errorf("%s: %v", why, err)
	}
}
