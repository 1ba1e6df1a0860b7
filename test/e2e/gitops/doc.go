// Package gitops runs the controllers of Flux and of Argo CD, as they are released, against a
// real control plane in which the chart is installed, and has them apply what is in Git: the
// manifests of examples/gitops, from a Git repository that is served over HTTP.
//
// "make test-gitops" compiles them from their modules (test/rig/gitops) and runs this.
package gitops
