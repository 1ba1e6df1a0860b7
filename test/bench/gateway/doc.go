// Command gateway measures what asking Domicile about each request costs, through a real
// Envoy (bin/proxies): without a filter, with an ext_authz server that always says yes, and
// with Domicile's, which knows few keys or a million over hundreds of thousands of tenants,
// and with Open Policy Agent, which has the same list as data. Requests have no body, or one
// that is read to find the model. Blocks of the kinds take turns, so that what else the
// machine does meets all of them.
//
// Then it measures decisions alone, without a proxy and a network, and how soon a flip is
// enforced by the chart's gateway at a real API server.
//
// Domicile's side is what the manager serves (the gateway, its table of keys, and a
// snapshot), filled with synthetic digests and tenants in a process of its own: a million
// Secrets in an API server would measure the API server. It asserts nothing about times.
package main
