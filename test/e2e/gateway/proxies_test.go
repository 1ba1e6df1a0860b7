package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/middleware"
	"github.com/domicile-dev/domicile/test/rig/cluster"
	"github.com/domicile-dev/domicile/test/rig/proxies"
)

// instance is a proxy in front of one access point.
type instance struct{ kind, point string }

// kinds are the proxies.
var kinds = []string{"envoy", "nginx", "haproxy", "caddy", "traefik", "go"}

// How a proxy is configured otherwise than the others of its kind.
const (
	withACache = "with a cache"
	briefly    = "for a second"
)

// litellm is LiteLLM's proxy.
const litellm = "litellm"

// withBodies are those that send bodies along.
var withBodies = map[string]bool{"envoy": true, "haproxy": true, "traefik": true, "go": true}

// proxy is one that runs.
type proxy struct {
	kind    string
	address string // host and port
	http2   string // where it takes HTTP/2 without TLS, if that is elsewhere
	models  *upstream
	end     func() error
}

// url is where clients ask.
func (p *proxy) url() string { return "http://" + p.address }

func (p *proxy) close() error {
	p.models.Close()
	return p.end()
}

// front is a proxy in front of an access point, which is started if nobody has yet.
func (w *world) front(t *testing.T, kind, point string) *proxy {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.proxies[instance{kind, point}]; p != nil {
		return p
	}
	p, err := w.run(within(t), kind, point)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	w.proxies[instance{kind, point}] = p
	return p
}

func (w *world) run(ctx context.Context, kind, point string) (*proxy, error) {
	p := &proxy{kind: kind, models: newUpstream(point == "by-path")}
	p.models.anonymous = kind == litellm
	if kind == "go" {
		return p, p.inGo(w.service, point)
	}
	dir := filepath.Join(w.Dir(), strings.ReplaceAll(kind, " ", "-")+"-"+point)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p.address = address
	if p.http2, err = freeAddress(); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address) // both are of our own making
	_, http2, _ := net.SplitHostPort(p.http2)
	bound := "3600s"
	if strings.HasSuffix(kind, briefly) {
		bound = "1s"
	}
	// Longer names come first.
	fill := strings.NewReplacer(
		"3600s", bound,
		"listen 8080;", "listen "+port+"; listen "+http2+" http2;", // before 1.25.1 no port takes both
		"domicile-gateway.domicile-system", w.service, "model-server:8000", "127.0.0.1:"+p.models.port(), "address: model-server, port_value: 8000",
		"address: 127.0.0.1, port_value: "+p.models.port(), "8080", port, "check/public", "check/"+point, "value: public", "value: "+point,
		"lua.domicile public", "lua.domicile "+point, "lua-load ", "lua-load "+dir+"/", "domicile.yaml", dir+"/domicile.yaml",
		"/var/cache/nginx/models", dir+"/cache",
	)
	command, err := w.command(kind, dir, fill.Replace)
	if err != nil {
		return nil, err
	}
	if err := p.start(command, filepath.Join(dir, "log")); err != nil {
		return nil, err
	}
	err = cluster.Poll(ctx, kind+" to listen", func(ctx context.Context) (bool, error) {
		// Traefik listens before it knows what to do.
		status, _, _, err := p.send(ctx, plainly(nobodysKey))
		return err == nil && status != http.StatusNotFound, err
	})
	if err != nil {
		said, _ := os.ReadFile(filepath.Join(dir, "log")) // it may have said nothing
		err = fmt.Errorf("%w\n%s", errors.Join(err, p.close()), said)
	}
	return p, err
}

// command writes what the page prints for a proxy, and is what starts it with that.
func (w *world) command(kind, dir string, fill func(string) string) (*exec.Cmd, error) {
	config := filepath.Join(dir, "config")
	files := map[string]string{}
	var args []string
	name, how, _ := strings.Cut(kind, " ")
	switch name {
	case "envoy":
		config += ".yaml"
		files[config] = w.docs.envoy
		args = []string{"--config-path", config, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"}
	case "nginx":
		nginx := w.docs.nginx
		if how == withACache {
			nginx = withCache(nginx, w.docs.cache)
		}
		files[config] = fmt.Sprintf("daemon off; user root; error_log stderr; pid %[1]s/pid; events {}\nhttp {\naccess_log off; client_body_temp_path %[1]s/body;\n"+
			"proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\n%[2]s}\n", dir, nginx)
		args = []string{"-e", "stderr", "-p", dir, "-c", config}
	case "haproxy":
		files[config], files[filepath.Join(dir, "domicile.lua")] = w.docs.haproxy, w.docs.lua
		args = []string{"-db", "-f", config}
	case "caddy":
		files[config] = strings.Replace(w.docs.caddy, "\tservers {\n", "\tadmin off\n\tauto_https off\n\tservers {\n\t\tprotocols h1 h2c\n", 1)
		args = []string{"run", "--adapter", "caddyfile", "--config", config}
	case "traefik":
		config += ".toml"
		files[config], files[filepath.Join(dir, "domicile.yaml")] = w.docs.traefik, w.docs.traefikDynamic
		args = []string{"--configfile", config}
	case litellm:
		config += ".yaml"
		files[config], files[filepath.Join(dir, "domicile.py")] = w.docs.litellm, w.docs.litellmHook
		args = []string{"--config", config, "--host", "127.0.0.1", "--port", fill("8080")}
	default:
		return nil, fmt.Errorf("nobody knows how to run %s", kind)
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(fill(text)), 0o600); err != nil {
			return nil, err
		}
	}
	program, err := installed(name)
	if err != nil {
		return nil, err
	}
	command := exec.Command(program, args...)
	command.Env = append(os.Environ(), "HOME="+dir, "LD_LIBRARY_PATH="+inProxies("debian/usr/lib/x86_64-linux-gnu"),
		"LITELLM_MASTER_KEY="+unknown(), "LITELLM_LOCAL_MODEL_COST_MAP=True") // it fetches nothing
	return command, nil
}

// withCache is the configuration of nginx with what the page adds for a cache: before its
// server, and inside of it.
func withCache(nginx, cache string) string {
	before, inside, _ := strings.Cut(cache, "server {\n")
	return before + strings.Replace(nginx, "  location / {\n", strings.TrimSuffix(inside, "}\n")+"  location / {\n", 1)
}

// inProxies is the path of something that install.sh has installed.
func inProxies(path string) string {
	absolute, err := filepath.Abs(filepath.Join(root, "bin", "proxies", path))
	if err != nil {
		panic(err) // there is no working directory
	}
	return absolute
}

// installed is the path of a program that install.sh has installed, or that was there.
func installed(name string) (string, error) {
	if path, ok := proxies.Installed(root, name); ok {
		return path, nil
	}
	if path := "/usr/sbin/" + name; proxies.Executable(path) {
		return path, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("run make bin/proxies: %w", err)
	}
	return path, nil
}

// start starts the program of a proxy, which ends with this process or before.
func (p *proxy) start(command *exec.Cmd, log string) error {
	file, err := os.Create(log)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // the child has it
	command.Stdout, command.Stderr = file, file
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = command.Wait() // the state has it
		close(ended)
	}()
	p.end = func() error {
		select {
		case <-ended:
			return fmt.Errorf("%s has ended by itself: %s", p.kind, command.ProcessState)
		default:
		}
		// Its children are of its group.
		err := syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		<-ended
		return err
	}
	return nil
}

// inGo runs the middleware for Go before a proxy of the standard library.
func (p *proxy) inGo(service, point string) error {
	ask, err := middleware.New(middleware.Options{Gateway: "http://" + service + ":9002", AccessPoint: point})
	if err != nil {
		return err
	}
	target, err := url.Parse(p.models.URL)
	if err != nil {
		return err
	}
	server := httptest.NewUnstartedServer(ask(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, FlushInterval: -1,
	}))
	server.Config.Protocols = &http.Protocols{}
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	p.address = server.Listener.Addr().String()
	p.end = func() error {
		server.Close()
		return nil
	}
	return nil
}

// freeAddress is one at which nothing listens.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// send sends what no client would, as it stands, and is what the proxy says first. An
// error is a connection that was ended.
func (p *proxy) send(ctx context.Context, request string) (status int, header http.Header, body string, err error) {
	connection, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", p.address)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = connection.Close() }() // nothing more is asked
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return 0, nil, "", err
	}
	if _, err := io.WriteString(connection, request); err != nil {
		return 0, nil, "", err
	}
	return read(connection)
}
