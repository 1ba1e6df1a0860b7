#!/usr/bin/env bash
# Builds Flux's kustomize-controller into bin/gitops, and puts the
# CustomResourceDefinitions beside it. It is a module of its own: it wants other versions
# of the same libraries. The first time this compiles for five minutes and more.
set -euo pipefail
cd "$(dirname "$0")/flux"
out=$(cd ../../../.. && pwd)/bin/gitops
export CGO_ENABLED=0 GOFLAGS=-trimpath GOWORK=off
mkdir -p "$out/crds/flux"

echo "Compiling Flux's kustomize-controller …"
nice go build -buildvcs=false -ldflags '-s -w' -o "$out/kustomize-controller" github.com/fluxcd/kustomize-controller

# source-controller is released together with it, and has the kinds of sources.
version=$(go list -m -f '{{.Version}}' github.com/fluxcd/kustomize-controller)
for module in kustomize source; do
	dir=$(go mod download -json "github.com/fluxcd/$module-controller@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	install -m 644 "$dir"/config/crd/bases/*.yaml "$out/crds/flux/"
done
touch "$out"
