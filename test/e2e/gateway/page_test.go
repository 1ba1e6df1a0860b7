package gateway

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

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
	text, err := os.ReadFile(filepath.Join(root, "docs", "gateway.md"))
	if err != nil {
		return nil, err
	}
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
		if *one.into, err = block(string(text), one.heading, one.language); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// block is the first block of code in a language below a heading. One in a list is
// indented.
func block(text, heading, language string) (string, error) {
	_, below, ok := strings.Cut(text, "\n"+heading+"\n")
	if !ok {
		return "", fmt.Errorf("docs/gateway.md has no %q", heading)
	}
	below, _, _ = strings.Cut(below, "\n##")
	before, code, ok := strings.Cut(below, "```"+language+"\n")
	if !ok {
		return "", fmt.Errorf("docs/gateway.md has no %s below %q", language, heading)
	}
	code, _, _ = strings.Cut(code, "```\n")
	indent := before[strings.LastIndex(before, "\n")+1:]
	return strings.ReplaceAll("\n"+code, "\n"+indent, "\n")[1:], nil
}
