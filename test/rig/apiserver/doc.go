// Package apiserver runs the tests of a package against an API server that knows
// Domicile's kinds, and starts the controllers that are tested.
package apiserver
