// Package mirror tries the mirror alone, as it is when no replica answers, on an API server
// that ends and starts again.
package mirror
