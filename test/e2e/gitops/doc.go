// Package gitops runs Flux's kustomize-controller, as it is released, against a real control
// plane in which the chart is installed, and has it apply what is in Git: the manifests of
// examples/gitops with the objects that docs/gitops.md prints.
//
// "make test-gitops" compiles it from its module (test/rig/gitops) and runs this. What Flux's
// source-controller does, to hand over an archive of the newest commit, the tests do: its
// modules are not all on every module proxy, and it asks Domicile nothing.
package gitops
