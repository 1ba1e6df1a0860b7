package register_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/register"
	registers "github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/source"
)

const lantern = `{"id":"group","schema":"Company","properties":{"name":["Lantern Group"],"jurisdiction":["cn"]}}
{"id":"sg","schema":"Company","properties":{"name":["Lantern Singapore Pte. Ltd."],"jurisdiction":["sg"]}}
{"id":"o","schema":"Ownership","properties":{"owner":["group"],"asset":["sg"],"percentage":["68"]}}
`

const password = "correct horse"

// TestPushedRegistersAreReadByASource pushes to a registry that asks who one is,
// and reads what it has as a manager would.
func TestPushedRegistersAreReadByASource(t *testing.T) {
	serve := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, given, _ := r.BasicAuth(); user != "lantern" || given != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		serve.ServeHTTP(w, r)
	})
	pushed := httptest.NewServer(guarded)
	defer pushed.Close()
	host := strings.TrimPrefix(pushed.URL, "http://")

	folder := t.TempDir()
	t.Chdir(folder)
	file(t, "lantern.jsonl", lantern)
	if code, out, errOut := call(t, "register compile lantern.jsonl --format FollowTheMoney -o lantern.zst"); code != plugin.ExitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, out, errOut)
	}

	t.Setenv("DOCKER_CONFIG", folder)
	login(t, host, "guessed")
	if code, out, errOut := call(t, "register push lantern.zst "+host+"/ownership/lantern:1 --plain-http"); code != plugin.ExitError || !strings.Contains(errOut, "401") || strings.Contains(errOut, "guessed") {
		t.Errorf("with a wrong password: exit code %d\n%s\n%s", code, out, errOut)
	}
	login(t, host, password)
	digests := map[string]string{}
	for _, of := range []struct{ reference, files string }{
		{"/ownership/lantern:1", "lantern.zst"},
		{"/ownership/lantern:again", "lantern.zst"},
		{"/ownership/plain:1", "lantern.jsonl"},
	} {
		code, out, errOut := call(t, "register push "+of.files+" "+host+of.reference+" --plain-http")
		reference, digest, found := strings.Cut(strings.TrimSpace(out), "@")
		if code != plugin.ExitOK || !found || reference != host+of.reference {
			t.Fatalf("%s: exit code %d\n%s\n%s", of.reference, code, out, errOut)
		}
		digests[of.reference] = digest
	}
	if digests["/ownership/lantern:1"] != digests["/ownership/lantern:again"] {
		t.Errorf("the same file has different digests: %v", digests)
	}
	describes(t, guarded, "/v2/ownership/lantern/manifests/1", "lantern.zst", register.CompiledType+"+zstd")
	describes(t, guarded, "/v2/ownership/plain/manifests/1", "lantern.jsonl", register.FileType)

	served := httptest.NewTLSServer(guarded)
	defer served.Close()
	trusted := filepath.Join(folder, "ca.pem")
	file(t, trusted, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: served.Certificate().Raw})))
	login(t, served.Listener.Addr().String(), password)
	fetcher, err := source.New(source.Options{CAFile: trusted, RegistryConfig: filepath.Join(folder, "config.json")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lantern", "plain"} {
		reference := fmt.Sprintf("%s/ownership/%s@%s", served.Listener.Addr(), name, digests["/ownership/"+name+":1"])
		got, err := fetcher.Fetch(t.Context(), source.Request{Spec: source.Spec{Reference: reference}, Folder: t.TempDir(), MaxBytes: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		layer, _, err := registers.Read(t.Context(), got.Files, registers.Options{Format: registers.FollowTheMoney})
		if err != nil {
			t.Fatal(err)
		}
		if layer.Parties() != 2 || layer.Interests() != 1 {
			t.Errorf("%s has %d parties and %d interests", name, layer.Parties(), layer.Interests())
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
	}
}

// describes checks the manifest of an artifact with one file.
func describes(t *testing.T, registry http.Handler, path, title, mediaType string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	request.SetBasicAuth("lantern", password)
	answer := httptest.NewRecorder()
	registry.ServeHTTP(answer, request)
	var manifest ocispec.Manifest
	if err := json.Unmarshal(answer.Body.Bytes(), &manifest); err != nil {
		t.Fatalf("%s: %v in %s", path, err, answer.Body)
	}
	type description struct{ artifact, layer, title string }
	var got []description
	for _, layer := range manifest.Layers {
		got = append(got, description{manifest.ArtifactType, layer.MediaType, layer.Annotations[ocispec.AnnotationTitle]})
	}
	want := []description{{register.ArtifactType, mediaType, title}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(description{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// login writes what docker login would.
func login(t *testing.T, host, password string) {
	t.Helper()
	auth := base64.StdEncoding.EncodeToString([]byte("lantern:" + password))
	file(t, filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json"), fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, host, auth))
}

func file(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func call(t *testing.T, command string) (code int, stdout, stderr string) {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	code = plugin.Run(context.Background(), append([]string{"kubectl-domicile"}, strings.Fields(command)...), streams)
	return code, out.String(), errOut.String()
}
