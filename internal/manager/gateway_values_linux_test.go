package manager

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// asReceived is a planted key as the API server sends it.
var asReceived = regexp.MustCompile(`(?s)(?:key|more)\x12.` + planted)

// copies counts the places where any of the planted keys is in the memory of a process: in
// what was received and not overwritten yet, and in anything that was made of it.
func copies(t *testing.T, pid int) (received, made int) {
	t.Helper()
	all := memory(t, pid)
	received = len(asReceived.FindAllIndex(all, -1))
	made = bytes.Count(all, []byte(planted)) - received
	return received, made + bytes.Count(all, []byte(base64.StdEncoding.EncodeToString([]byte(planted))[:64]))
}

func labelledSecret(namespace, name string, data map[string]string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{v1alpha1.APIKeyLabel: "true"}}, StringData: data,
	}
}

// plant makes many Secrets, and some that are not to be read.
func plant(t *testing.T, c client.Client) {
	t.Helper()
	create(t, c, "{metadata: {name: other-keys, annotations: {domicile.dev/tenant: wren}}}", &corev1.Namespace{})
	unlabelled := labelledSecret("wren-keys", "unlabelled", map[string]string{"key": "sk-unlabelled"})
	unlabelled.Labels = nil
	held := labelledSecret("wren-keys", "held", map[string]string{"key": "sk-held"})
	held.Labels[v1alpha1.SuspendedLabel] = "true"
	secrets := []*corev1.Secret{
		unlabelled, held, labelledSecret("other-keys", "key", map[string]string{"key": "sk-elsewhere"}),
		labelledSecret("wren-keys", "other", map[string]string{"user": "sk-user", "key": ""}),
		labelledSecret("wren-keys", "line", map[string]string{"key": "sk-line\n"}),
	}
	for n := range 300 {
		secrets = append(secrets, labelledSecret("wren-keys", fmt.Sprint("key-", n), map[string]string{"key": fmt.Sprint(planted, "-", n), "more": planted}))
	}
	for _, s := range secrets {
		if err := c.Create(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// forgets holds that nothing is made of the planted keys that stays. What stays are buffers in
// which they came, until the memory is needed for something else.
func (g gatewayProcess) forgets(t *testing.T) {
	t.Helper()
	const fewParts, few = 40, 200 // of buffers that have been overwritten in part, and that have not
	received, made := copies(t, g.command.Process.Pid)
	t.Logf("after 600 values: %d", received)
	if made > fewParts {
		t.Errorf("there are %d copies of the keys", made)
	}
	if received == 0 {
		t.Error("not even what has just been received is found: is memory read?")
	}
	for rounds := 0; rounds < 5 && (made > fewParts || received > few); rounds++ {
		for n := range 1000 {
			// Memory is used again for what is about as long: some are short, others long.
			if status, _, err := getAs(t.Context(), "http://"+g.http+"/check/public", strings.Repeat("x", 300+100*(n%100))); err != nil || status != http.StatusUnauthorized {
				t.Fatalf("status %d: %v", status, err)
			}
		}
		received, made = copies(t, g.command.Process.Pid)
		t.Logf("after 1,000 requests: %d", received)
	}
	if made > fewParts || received > few {
		t.Errorf("there are %d copies of the keys, and they are in %d places where they were received", made, received)
	}
}

// TestValuesOfKeysAreReadAndNotKept is a gateway that may read the values of keys: those
// keys are known, no others are, and nothing of a value is logged or stays in memory.
func TestValuesOfKeysAreReadAndNotKept(t *testing.T) {
	const namespace = "domicile-system"
	c := controlPlane(t, namespace)
	create(t, c, gatewayWorld, &v1alpha1.TenantPolicy{}, &v1alpha1.LegalEntity{}, &v1alpha1.Tenant{}, &corev1.Namespace{}, &v1alpha1.AccessPoint{})
	plant(t, c)
	g := startGateway(t, namespace, "--key-namespaces=wren-keys,other-keys", "--read-values-in=wren-keys", "--read-values-of=key", "--zap-log-level=10")
	g.waitFor(t, "ready", answers(t, g.readyz, http.StatusOK))
	g.forgets(t)
	for key, want := range map[string]int{
		planted + "-0": http.StatusOK, planted + "-299": http.StatusOK, "sk-line": http.StatusOK,
		planted: http.StatusUnauthorized, planted + "-300": http.StatusUnauthorized, "sk-user": http.StatusUnauthorized,
		"sk-unlabelled": http.StatusUnauthorized, "sk-held": http.StatusUnauthorized, "sk-elsewhere": http.StatusUnauthorized,
	} {
		g.waitFor(t, key, func(ctx context.Context) error {
			status, body, err := getAs(ctx, "http://"+g.http+"/check/public", key)
			if err != nil || status != want {
				return fmt.Errorf("status %d, want %d (%s): %w", status, want, body, err)
			}
			return nil
		})
	}
	secret := labelledSecret("wren-keys", "key-0", map[string]string{"key": "sk-next"})
	if err := c.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int{"sk-next": http.StatusOK, planted + "-0": http.StatusUnauthorized} {
		g.waitFor(t, "a key that is replaced", func(ctx context.Context) error {
			if status, _, err := getAs(ctx, "http://"+g.http+"/check/public", key); err != nil || status != want {
				return fmt.Errorf("status %d, want %d: %w", status, want, err)
			}
			return nil
		})
	}
	g.terminate(t)
	g.waitEnd(t)
	if said := g.said.String(); strings.Contains(said, planted[:20]) || strings.Contains(said, "sk-line") {
		t.Error("a key was logged")
	} else if !strings.Contains(said, `"level":"Level(-`) {
		t.Errorf("is everything logged? %.2000s", said)
	}
}
