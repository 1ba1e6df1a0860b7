// Package ipv6 installs the chart in a cluster whose Services have nothing but IPv6
// addresses, as has the API server, and asks for an admission through it.
//
// No machine has such addresses on its loopback interface, so the test runs itself again
// in a network of its own, which takes root or user namespaces, and "ip".
// "make test-ipv6" runs it.
package ipv6
