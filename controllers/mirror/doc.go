// Package mirror keeps the mirror in the API server as the world is, and knows which
// API servers enforce it.
package mirror
