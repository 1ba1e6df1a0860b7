// Package suspension tests, on a real control plane with simulated nodes, that
// what is suspended comes back as it was: whoever suspends or gives back is
// killed at each write, before it is sent and after, and somebody else goes on.
// And it tests the way from a Tenant that becomes restricted to Pods that end,
// with the chart and several managers.
package suspension
