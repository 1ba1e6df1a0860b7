// Package envoy answers Envoy's ext_authz over gRPC, version 3, for Envoy itself and
// whatever is made of it.
package envoy
