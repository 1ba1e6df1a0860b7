#!/usr/bin/env bash
# Builds Flux's and Argo CD's controllers into bin/gitops, and puts the
# CustomResourceDefinitions beside them. Each tool is a module of its own: they want other
# versions of the same libraries. The first time this compiles for a quarter of an hour and more.
set -euo pipefail
cd "$(dirname "$0")"
out=$(cd ../../.. && pwd)/bin/gitops
export CGO_ENABLED=0 GOFLAGS=-trimpath GOWORK=off
mkdir -p "$out"

# build TOOL PROGRAM PACKAGE
build() {
	echo "Compiling $1's ${2##*/} …"
	nice go build -C "$1" -buildvcs=false -ldflags '-s -w' -o "$out/$2" "$3"
}

# crds TOOL MODULE FOLDER: the definitions that are in a folder of a module.
crds() {
	local dir file
	dir=$(go list -C "$1" -m -f '{{.Dir}}' "$2")
	mkdir -p "$out/crds/$1"
	for file in "$dir/$3"/*.yaml; do
		[[ $file == */kustomization.yaml ]] || install -m 644 "$file" "$out/crds/$1/"
	done
}

for controller in source-controller kustomize-controller; do
	build flux $controller "github.com/fluxcd/$controller"
	crds flux "github.com/fluxcd/$controller" config/crd/bases
done
build argocd argocd .
crds argocd github.com/argoproj/argo-cd/v3 manifests/crds
# The repository server runs this by its name.
install -m 755 "$(go list -C argocd -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3)/hack/git-verify-wrapper.sh" "$out/"
touch "$out"
