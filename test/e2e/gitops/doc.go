// Package gitops runs Flux's kustomize-controller and Argo CD's application controller and
// repository server, as they are released, against a real control plane in which the chart
// is installed, and has them apply what is in Git: the manifests of examples/gitops with the
// objects that docs/gitops.md prints.
//
// "make test-gitops" compiles them from their modules (test/rig/gitops) and runs this. Argo CD
// fetches from a Git repository that is served over HTTP. What Flux's source-controller does,
// to hand over an archive of the newest commit, the tests do: it asks Domicile nothing.
package gitops
