// Package examples holds that what is in examples/ is as the definitions of its kinds want
// it: an API server with those definitions takes every object, and knows every field.
//
// testdata/crds are definitions of the Gateway API, Envoy Gateway, Istio, kgateway, KServe and
// Traefik, without their descriptions; the first line of each says from which module.
package examples
