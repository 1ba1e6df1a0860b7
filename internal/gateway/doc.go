// Package gateway answers whether an API request may be served: whose it is, for
// which model, and what residency.Decide says. It has no rule of its own. What it was
// told once about a tenant and a set of policies it keeps, until the world changes or
// time changes it.
package gateway
