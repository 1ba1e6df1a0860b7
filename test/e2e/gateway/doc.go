// Package gateway runs real proxies with the configurations that docs/gateway.md prints, in
// front of a model server that streams, and asks them as clients do: with the official
// Python libraries of OpenAI and Anthropic, with curl, and with requests that no client
// sends. Domicile's side is the chart's gateway, with all of its replicas, at a real API
// server.
//
// The proxies are Envoy, nginx, HAProxy, Caddy and Traefik, which install.sh puts into
// bin/proxies. The middleware for Go is tried as if it were another one. Names of Services
// in the configurations become addresses, and port 8080 one that is free: nothing else in
// them is changed, but that HTTP/2 is taken without TLS.
//
// LiteLLM's proxy takes requests apart and sends its own. It is tried by itself, with the
// module that the page prints.
//
// Each proxy has a model server of its own, which suspects every request: it reads keys and
// models as the most careless server would, and calls out whatever should not have come.
package gateway
