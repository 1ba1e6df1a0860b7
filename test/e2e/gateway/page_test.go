package gateway

import (
	"path/filepath"

	"github.com/domicile-dev/domicile/test/rig/printed"
)

// pagePath is the page, from this folder.
var pagePath = filepath.Join(root, "docs", "gateway.md")

// page is what docs/gateway.md prints for readers to use.
type page struct {
	accessPoint                       string
	envoy, nginx, haproxy, lua, caddy string
	cache                             string // what nginx gets besides
	traefik, traefikDynamic           string
	litellm, litellmHook              string
}

var root = filepath.Join("..", "..", "..")

func readPage() (*page, error) {
	p := &page{}
	for _, one := range []struct {
		heading, language string
		into              *string
	}{
		{"## From nothing to a refused request", "yaml", &p.accessPoint}, {"### Envoy", "yaml", &p.envoy}, {"### nginx", "nginx", &p.nginx},
		{"### HAProxy", "haproxy", &p.haproxy}, {"### HAProxy", "lua", &p.lua}, {"### Caddy", "caddyfile", &p.caddy},
		{"#### With a cache", "nginx", &p.cache}, {"### Traefik", "toml", &p.traefik}, {"### Traefik", "yaml", &p.traefikDynamic},
		{"### LiteLLM", "yaml", &p.litellm}, {"### LiteLLM", "python", &p.litellmHook},
	} {
		var err error
		if *one.into, err = printed.Code(pagePath, one.heading, one.language); err != nil {
			return nil, err
		}
	}
	return p, nil
}
