// Package chart holds the tests of the Helm chart and of config/: what they
// render, what they refuse, and that a real API server takes it.
package chart
