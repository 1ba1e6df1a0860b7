// Package forward answers forward authentication over HTTP: nginx's auth_request,
// Traefik's forwardAuth, Caddy's forward_auth, HAProxy, and the middleware for Go.
package forward
