package manager

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// planted is the key of which nothing may stay.
const planted = "sk-planted-5f0c1d7e-Ab3XkQ9zT2mW8vLp4RnC6yHs1JdG7uEo"

// memory is what a process has mapped and may read.
func memory(t *testing.T, pid int) []byte {
	t.Helper()
	maps, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/maps")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var all []byte
	lines := bufio.NewScanner(bytes.NewReader(maps))
	for lines.Scan() {
		var from, to uint64
		var rights string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &rights); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(rights, "rw") {
			continue // nothing is written there
		}
		part := make([]byte, to-from)
		n, err := f.ReadAt(part, int64(from)) //nolint:gosec // what is not the kernel's is below 2^47
		if err != nil && n == 0 {
			continue // the kernel's own
		}
		all = append(all, part[:n]...)
	}
	return all
}

// left counts the places where the key is in memory: in what was received and not read
// yet, and in anything that was made of it.
func left(t *testing.T, pid int) (received, made int) {
	t.Helper()
	all := memory(t, pid)
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	// The part of each that is the same wherever the text ends.
	for _, form := range []struct{ before, text string }{
		{`\"api-key\":\"`, planted}, // in the annotation of kubectl, where quotes are escaped
		{`"data":{"api-key":"`, encoded(planted)[:64]},
		{`"more":"`, encoded("x" + planted)[:64]},
		{`\"more\":\"`, encoded("xy" + planted)[:64]},
	} {
		asReceived := bytes.Count(all, []byte(form.before+form.text))
		received += asReceived
		made += bytes.Count(all, []byte(form.text)) - asReceived
	}
	return received, made
}

// review is one that an API server sends about a Secret that somebody applied, or about
// a Pod.
func review(t *testing.T, n int, secret bool) []byte {
	t.Helper()
	name := "o" + strconv.Itoa(n)
	object := map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{
		"name": name, "namespace": "default", "annotations": map[string]any{"padding": strings.Repeat("x", 300)},
	}, "spec": map[string]any{"containers": []any{map[string]any{"name": "c", "image": "i"}}}}
	resource, kind := "pods", "Pod"
	if secret {
		resource, kind = "secrets", "Secret"
		applied, err := json.Marshal(map[string]any{"stringData": map[string]any{"api-key": planted}, "data": map[string]any{"more": []byte("xy" + planted)}})
		if err != nil {
			t.Fatal(err)
		}
		object = map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": map[string]any{
			"name": name, "namespace": "default",
			"annotations": map[string]any{"domicile.dev/api-key": "true", "kubectl.kubernetes.io/last-applied-configuration": string(applied)},
		}, "data": map[string]any{"api-key": []byte(planted), "more": []byte("x" + planted)}}
	}
	body, err := json.Marshal(map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": map[string]any{
		"uid": "u" + strconv.Itoa(n), "operation": "CREATE", "name": name, "namespace": "default",
		"kind":     map[string]any{"group": "", "version": "v1", "kind": kind},
		"resource": map[string]any{"group": "", "version": "v1", "resource": resource},
		"userInfo": map[string]any{"username": "somebody"}, "object": object,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Nothing is made of a key, not for a moment. What stays are buffers in which Go's servers
// have received it, until the memory is needed for something else.
func TestNoKeyStaysInMemory(t *testing.T) {
	const namespace = "domicile-system"
	controlPlane(t, namespace)
	m := startProcess(t, namespace, os.Getenv("KUBECONFIG"))
	m.waitFor(t, "ready", answers(t, m.readyz, http.StatusOK))
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it is our own
	}}
	ask := func(secret bool) {
		t.Helper()
		for n := range 1000 {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.admit, bytes.NewReader(review(t, n, secret)))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`"allowed":true`)) {
				t.Fatalf("answered with %d %s: %v", response.StatusCode, text, err)
			}
			response.Body.Close()
		}
	}
	const fewParts = 40 // of buffers that have been overwritten in part
	ask(true)
	received, made := left(t, m.command.Process.Pid)
	t.Logf("after 1,000 Secrets: %d", received)
	if made > fewParts {
		t.Errorf("there are %d copies of the key", made)
	}
	if received == 0 {
		t.Error("not even what has just been received is found: is memory read?")
	}
	// When the memory is needed for something else depends on when garbage is collected.
	for rounds := 0; rounds < 5 && (made > fewParts || received > 200); rounds++ {
		ask(false)
		received, made = left(t, m.command.Process.Pid)
		t.Logf("after 1,000 Pods: %d", received)
	}
	if made > fewParts || received > 200 {
		t.Errorf("there are %d copies of the key, and it is in %d of 4,000 places where it was received", made, received)
	}
}
