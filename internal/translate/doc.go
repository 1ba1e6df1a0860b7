// Package translate turns API objects into the values of the core and back. It
// is the only package that knows both.
package translate
