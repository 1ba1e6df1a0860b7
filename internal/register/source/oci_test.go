package source

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// registry answers for the artifact v2/a: the shortest registry that can be
// pulled from. test/integration pulls from a real one.
type registry struct {
	manifest []byte
	blobs    map[digest.Digest]string
	password string
}

func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if user, password, _ := req.BasicAuth(); r.password != "" && (user != "loader" || password != r.password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	last := req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:]
	if strings.Contains(req.URL.Path, "/manifests/") {
		w.Header().Set("Content-Type", ocispec.MediaTypeImageManifest)
		w.Header().Set("Docker-Content-Digest", digest.FromBytes(r.manifest).String())
		http.ServeContent(w, req, "", time.Time{}, strings.NewReader(string(r.manifest)))
		return
	}
	http.ServeContent(w, req, "", time.Time{}, strings.NewReader(r.blobs[digest.Digest(last)]))
}

func (r *registry) add(t *testing.T, m *ocispec.Manifest, title, text string) {
	t.Helper()
	d := ocispec.Descriptor{MediaType: "application/json", Digest: digest.FromString(text), Size: int64(len(text))}
	if title != "" {
		d.Annotations = map[string]string{ocispec.AnnotationTitle: title}
	}
	if r.blobs == nil {
		r.blobs = map[digest.Digest]string{}
	}
	r.blobs[d.Digest] = text
	m.Layers = append(m.Layers, d)
	r.set(t, m)
}

func (r *registry) set(t *testing.T, manifest any) {
	t.Helper()
	var err error
	if r.manifest, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
}

func newManifest() *ocispec.Manifest {
	return &ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
}

func TestTheLayersOfAnArtifactAreFiles(t *testing.T) {
	t.Parallel()
	r := &registry{password: "word"}
	m := newManifest()
	r.add(t, m, "../../uk.json", statement)
	r.add(t, m, "", "two")
	s, o := server(t, r.ServeHTTP)
	host := strings.TrimPrefix(s.URL, "https://")
	request := Request{Spec: Spec{Reference: host + "/a:1"}, Folder: t.TempDir(), MaxBytes: 1 << 20}
	_, err := fetcher(t, o).Fetch(t.Context(), request)
	wantError(t, err, "credential not found", "credentials are needed")

	o.RegistryConfig = filepath.Join(t.TempDir(), "config.json")
	write(t, o.RegistryConfig, `{"auths":{"`+host+`":{"auth":"bG9hZGVyOndvcmQ="}},"credsStore":"a-program-that-must-not-run"}`)
	f := fetcher(t, o)
	first, err := f.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"uk.json: " + statement, "layer 2: two"}, contents(t, first)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	request.Version = first.Version
	if again, err := f.Fetch(t.Context(), request); err != nil || !again.Unchanged {
		t.Errorf("the same artifact is fetched again (%v)", err)
	}
	request.Checksum = first.Version
	request.Version, request.Folder = "", t.TempDir()
	if _, err := f.Fetch(t.Context(), request); err != nil {
		t.Errorf("with its own checksum: %v", err)
	}
	request.Checksum = checksum("another manifest")
	if _, err := f.Fetch(t.Context(), request); !errors.Is(err, ErrChecksum) {
		t.Errorf("another artifact passes: %v", err)
	}
}

func TestArtifactsAreRefused(t *testing.T) {
	t.Parallel()
	tampered := &registry{}
	m := newManifest()
	tampered.add(t, m, "a", statement)
	tampered.blobs[m.Layers[0].Digest] = strings.ToUpper(statement)

	large := &registry{}
	large.add(t, newManifest(), "a", strings.Repeat(statement, 100))

	empty := &registry{}
	empty.set(t, newManifest())

	index := &registry{}
	index.set(t, ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: []ocispec.Descriptor{{Digest: digest.FromString("")}}})

	for _, tc := range []struct {
		reason   string
		registry *registry
		err      string
	}{
		{"a registry that is not to be trusted", tampered, "the checksum does not match: a"},
		{"larger than there is room", large, "more than the 1024 that are left"},
		{"nothing is no register", empty, "it has no layer"},
		{"which of them?", index, "it is an index of artifacts"},
	} {
		s, o := server(t, tc.registry.ServeHTTP)
		_, err := fetcher(t, o).Fetch(t.Context(), Request{
			Spec: Spec{Reference: strings.TrimPrefix(s.URL, "https://") + "/a:1"}, Folder: t.TempDir(), MaxBytes: 1024,
		})
		wantError(t, err, tc.err, tc.reason)
	}
}

// TestRegistriesAreNeverAskedOverHTTP: other clients take localhost for one
// without TLS.
func TestRegistriesAreNeverAskedOverHTTP(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 100)
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	t.Cleanup(plain.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(plain.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fetcher(t, Options{}).Fetch(t.Context(), Request{Spec: Spec{Reference: "localhost:" + port + "/a:1"}, Folder: t.TempDir(), MaxBytes: 1024}); err == nil {
		t.Error("it was fetched")
	}
	if len(asked) > 0 {
		t.Errorf("it was asked for %s in plain text", <-asked)
	}
}

// TestTokensAreNotSentInPlainText: a registry says where its token service is.
func TestTokensAreNotSentInPlainText(t *testing.T) {
	t.Parallel()
	var plain *httptest.Server
	s, o := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+plain.URL+`/token",service="registry"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	plain = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token service got credentials in plain text")
		}
	}))
	t.Cleanup(plain.Close)
	host := strings.TrimPrefix(s.URL, "https://")
	o.RegistryConfig = filepath.Join(t.TempDir(), "config.json")
	write(t, o.RegistryConfig, `{"auths":{"`+host+`":{"auth":"bG9hZGVyOndvcmQ="}}}`)
	_, err := fetcher(t, o).Fetch(t.Context(), Request{Spec: Spec{Reference: host + "/a:1"}, Folder: t.TempDir(), MaxBytes: 1024})
	wantError(t, err, "uses http", "its token service is")
}

func TestCertificatesOfOnesOwnMustBeSome(t *testing.T) {
	t.Parallel()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, "no certificate")
	_, err := New(Options{CAFile: ca})
	wantError(t, err, "has no certificate in PEM", "a mistake must not mean that nobody is trusted")
}
