package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"oras.land/oras-go/v2/registry/remote/retry"
)

const statement = `{"statementId": "1"}`

func checksum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// contents reads the files of a result, as "name: content".
func contents(t *testing.T, r *Result) []string {
	t.Helper()
	var all []string
	for _, f := range r.Files {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err := errors.Join(err, from.Close()); err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Name+": "+string(text))
	}
	return all
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func fetcher(t *testing.T, o Options) *Fetcher {
	t.Helper()
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantError(t *testing.T, err error, want, reason string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q: %s", err, want, reason)
	}
}

func TestFilesAreFoundBelowTheFolderAndNowhereElse(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	write(t, filepath.Join(outside, "token"), "secret")
	folder := t.TempDir()
	for _, name := range []string{"uk/b.json", "uk/a.json", "dk.zst", "..2026/c.json"} {
		write(t, filepath.Join(folder, filepath.FromSlash(name)), statement)
	}
	for link, to := range map[string]string{
		"out": filepath.Join(outside, "token"), "up": "../" + filepath.Base(outside) + "/token", "folder": outside,
		"..data": "..2026", "c.json": "..data/c.json",
	} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	f := fetcher(t, Options{Folder: folder})
	for _, tc := range []struct {
		reason string
		paths  []string
		want   []string
		err    string
	}{
		{"by name", []string{"dk.zst"}, []string{"dk.zst"}, ""},
		{"by pattern, in order, each once", []string{"uk/*.json", "uk/a.json"}, []string{"uk/a.json", "uk/b.json"}, ""},
		{"a ConfigMap's files are links within the folder", []string{"c.json"}, []string{"c.json"}, ""},
		{"nothing is no register", []string{"*.csv"}, nil, "no file matches *.csv"},
		{"a file that is not there", []string{"no.json"}, nil, "no.json"},
		{"a folder is no file", []string{"uk"}, nil, "not a regular file"},
		{"an absolute link leads out", []string{"out"}, nil, "escapes"},
		{"a relative link leads out", []string{"up"}, nil, "escapes"},
		{"a link to a folder leads out", []string{"folder/token"}, nil, "escapes"},
		{"a pattern leads no further", []string{"o*t"}, nil, "escapes"},
		{"a pattern does not look into other folders", []string{"folder/*"}, nil, "no file matches"},
		{"whatever was validated before", []string{"../" + filepath.Base(outside) + "/token"}, nil, "escapes"},
		{"whatever was validated before", []string{filepath.Join(outside, "token")}, nil, "escapes"},
	} {
		r, err := f.Fetch(t.Context(), Request{Spec: Spec{Paths: tc.paths}})
		if tc.err != "" {
			wantError(t, err, tc.err, tc.reason)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.reason, err)
			continue
		}
		var want []string
		for _, name := range tc.want {
			want = append(want, name+": "+statement)
		}
		if diff := cmp.Diff(want, contents(t, r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err := fetcher(t, Options{}).Fetch(t.Context(), Request{Spec: Spec{Paths: []string{"dk.zst"}}})
	wantError(t, err, "--register-dir", "without a folder nothing is read")
}

func TestFilesThatHaveNotChangedAreNotReadAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "a.json")
	write(t, path, statement)
	f := fetcher(t, Options{Folder: folder})
	request := Request{Spec: Spec{Paths: []string{"*.json"}}}
	first, err := f.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	request.Version = first.Version
	again, err := f.Fetch(t.Context(), request)
	if err != nil || !again.Unchanged {
		t.Errorf("the same file is fetched again (%v)", err)
	}
	write(t, path, statement+"\n")
	if changed, err := f.Fetch(t.Context(), request); err != nil || changed.Unchanged || changed.Version == first.Version {
		t.Errorf("a change is not noticed (%v)", err)
	}
}

func TestAChecksumIsOfWhatIsRead(t *testing.T) {
	t.Parallel()
	folder, downloads := t.TempDir(), t.TempDir()
	path := filepath.Join(folder, "a.json")
	write(t, path, statement)
	f := fetcher(t, Options{Folder: folder})
	r, err := f.Fetch(t.Context(), Request{Spec: Spec{Paths: []string{"a.json"}, Checksum: checksum(statement)}, Folder: downloads, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, "something else")
	if diff := cmp.Diff([]string{"a.json: " + statement}, contents(t, r)); diff != "" {
		t.Errorf("what was checked is not what is read (-want +got):\n%s", diff)
	}
	_, err = f.Fetch(t.Context(), Request{Spec: Spec{Paths: []string{"a.json"}, Checksum: checksum(statement)}, Folder: t.TempDir(), MaxBytes: 1 << 20})
	if !errors.Is(err, ErrChecksum) {
		t.Errorf("another file passes: %v", err)
	}
}

// server answers over TLS; the Options trust it.
func server(t *testing.T, handler http.HandlerFunc) (*httptest.Server, Options) {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	return s, Options{CAFile: ca, UserAgent: "domicile/test", Stalled: 200 * time.Millisecond}
}

func TestDownloadsAreConditional(t *testing.T) {
	t.Parallel()
	var edition atomic.Int64
	var sent atomic.Int64
	s, o := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a.json" {
			tag := fmt.Sprintf(`"%d"`, edition.Load())
			w.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		} else {
			w.Header().Set("Last-Modified", "Mon, 06 Jul 2026 00:00:00 GMT")
			if r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		sent.Add(1)
		fmt.Fprintf(w, "edition %d", edition.Load())
	})
	f := fetcher(t, o)
	request := Request{Spec: Spec{URLs: []string{s.URL + "/a.json", s.URL + "/b.json?token=secret"}}, Folder: t.TempDir(), MaxBytes: 1 << 20}
	first, err := f.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.json: edition 0", "b.json: edition 0"}, contents(t, first)); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	request.Version, request.Folder = first.Version, t.TempDir()
	if r, err := f.Fetch(t.Context(), request); err != nil || !r.Unchanged || sent.Load() != 2 {
		t.Errorf("unchanged files were sent again: %d (%v)", sent.Load(), err)
	}
	edition.Store(1)
	request.Folder = t.TempDir()
	second, err := f.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.json: edition 1", "b.json: edition 1"}, contents(t, second)); diff != "" {
		t.Errorf("one of two has changed; both are needed (-want +got):\n%s", diff)
	}
	if strings.Contains(second.Version, "secret") {
		t.Error("the version has the query of a URL")
	}
}

func TestDownloadsAreRefused(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, statement) }))
	t.Cleanup(plain.Close)
	s, o := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/to-http":
			http.Redirect(w, r, plain.URL+"/a.json", http.StatusFound)
		case "/to-metadata":
			http.Redirect(w, r, "https://169.254.169.254/latest/meta-data?token=secret", http.StatusFound)
		case "/to-user":
			http.Redirect(w, r, "https://user:secret@"+r.Host+"/a.json", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop?token=secret", http.StatusFound)
		case "/once":
			http.Redirect(w, r, "/a.json", http.StatusFound)
		case "/gone":
			http.NotFound(w, r)
		case "/unasked":
			w.WriteHeader(http.StatusNotModified)
		case "/silent":
			fmt.Fprint(w, statement)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, statement); err != nil {
					return
				}
			}
		default:
			fmt.Fprint(w, statement)
		}
	})
	f := fetcher(t, o)
	for _, tc := range []struct {
		reason, url, checksum, err string
	}{
		{"the plain case", s.URL + "/a.json", checksum(statement), ""},
		{"a redirect to a mirror", s.URL + "/once", "", ""},
		{"anybody on the way could write the register", plain.URL, "", "https only"},
		{"as above, one step later", s.URL + "/to-http", "", "https only"},
		{"where clouds keep credentials", "https://169.254.169.254/a", "", "no register is fetched from 169.254.169.254"},
		{"as above, one step later", s.URL + "/to-metadata", "", "no register is fetched from 169.254.169.254"},
		{"in a zone", "https://[fe80::1%25eth0]/a", "", "no register is fetched from"},
		{"a secret in a redirect", s.URL + "/to-user", "", "has a user name"},
		{"for ever", s.URL + "/loop", "", "more than 5 redirects"},
		{"not there", s.URL + "/gone", "", "Not Found"},
		{"an answer to a question that was not asked", s.URL + "/unasked", "", "Not Modified"},
		{"a server that falls silent", s.URL + "/silent", "", "fell silent"},
		{"larger than there is room", s.URL + "/endless", "", "more than the 1024 that are left"},
		{"other content", s.URL + "/a.json", checksum("x"), "the checksum does not match"},
	} {
		_, err := f.Fetch(t.Context(), Request{Spec: Spec{URLs: []string{tc.url}, Checksum: tc.checksum}, Folder: t.TempDir(), MaxBytes: 1024})
		if tc.err == "" {
			if err != nil {
				t.Errorf("%s: %v", tc.reason, err)
			}
			continue
		}
		wantError(t, err, tc.err, tc.reason)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the message has a secret: %v", tc.reason, err)
		}
	}
	untrusting := fetcher(t, Options{})
	_, err := untrusting.Fetch(t.Context(), Request{Spec: Spec{URLs: []string{s.URL}}, Folder: t.TempDir(), MaxBytes: 1024})
	wantError(t, err, "certificate", "a server that nobody vouches for")
}

func TestABusyServerIsAskedAgain(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	s, o := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "domicile/test" {
			t.Errorf("the server is told %q", r.UserAgent())
		}
		if asked.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, statement)
	})
	r, err := fetcher(t, o).Fetch(t.Context(), Request{Spec: Spec{URLs: []string{s.URL}}, Folder: t.TempDir(), MaxBytes: 1024})
	if err != nil || len(r.Files) != 1 {
		t.Errorf("%d answers: %v", asked.Load(), err)
	}
}

func TestForbiddenAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"169.254.169.254": true, "::ffff:169.254.169.254": true, "64:ff9b::a9fe:a9fe": true, "::169.254.169.254": true,
		"fe80::1": true, "fe80::1%eth0": true, "fd00:ec2::254": true, "168.63.129.16": true, "100.100.100.200": true,
		"0.0.0.0": true, "::": true, "224.0.0.1": true, "ff02::1": true,
		"192.0.2.1": false, "10.0.0.1": false, "127.0.0.1": false, "::1": false, "2001:db8::1": false, "64:ff9b::c000:201": false,
	} {
		if got := Forbidden(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %t, want %t", address, got, want)
		}
		if err := allowed("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 443).String(), nil); (err != nil) != want {
			t.Errorf("dial %s: %v", address, err)
		}
	}
}

// TestTheAddressThatIsDialledIsWhatCounts: past the look at the URL, which a name
// that resolves to anything gets past.
func TestTheAddressThatIsDialledIsWhatCounts(t *testing.T) {
	t.Parallel()
	retrying, ok := fetcher(t, Options{}).client.Transport.(*retry.Transport)
	if !ok {
		t.Fatal("nothing is asked again")
	}
	g, ok := retrying.Base.(*guard)
	if !ok {
		t.Fatal("nothing is refused")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://169.254.169.254/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := g.next.RoundTrip(req)
	if err == nil {
		resp.Body.Close()
	}
	var forbidden *forbiddenError
	if !errors.As(err, &forbidden) {
		t.Errorf("it was dialled: %v", err)
	}
}

// TestAProxyIsNotAskedForWhatIsForbidden: behind a proxy nothing but the proxy is
// dialled.
func TestAProxyIsNotAskedForWhatIsForbidden(t *testing.T) {
	t.Parallel()
	g := &guard{next: proxy(func(r *http.Request) { t.Errorf("the proxy is asked for %s", r.URL) })}
	for _, address := range []string{"https://169.254.169.254/", "https://[fe80::1]/", "http://data.example/"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := g.RoundTrip(req)
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s is asked", address)
		}
	}
}

type proxy func(*http.Request)

func (p proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	p(r)
	return nil, errors.New("no answer")
}

// TestALinkThatComesLaterLeadsNowhere: what was looked at may be something else
// when it is opened.
func TestALinkThatComesLaterLeadsNowhere(t *testing.T) {
	t.Parallel()
	outside, folder := filepath.Join(t.TempDir(), "token"), t.TempDir()
	write(t, outside, "secret")
	path := filepath.Join(folder, "a.json")
	write(t, path, statement)
	r, err := fetcher(t, Options{Folder: folder}).Fetch(t.Context(), Request{Spec: Spec{Paths: []string{"a.json"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.Symlink(outside, path)); err != nil {
		t.Fatal(err)
	}
	if from, err := r.Files[0].Open(); err == nil {
		from.Close()
		t.Error("a link leads out of the folder")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
