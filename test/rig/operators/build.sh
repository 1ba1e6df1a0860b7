#!/usr/bin/env bash
# Compiles a controller of another project, which tests run, into bin/operators, and writes
# beside it what its release consists of: kustomize renders it from the same version.
set -euo pipefail
name=$1
cd "$(dirname "$0")/$name"
bin=$PWD/../../../../bin
mkdir -p "$bin/operators/$name"
release=$(go list -f '{{.Module.Dir}}' tool)
for folder in config/default manifests/cluster-install; do
  [ ! -d "$release/$folder" ] || "$bin/kustomize" build "$release/$folder" >"$bin/operators/$name/manifests.yaml"
done
go build -buildvcs=false -ldflags '-s -w' -o "$bin/operators/$name/operator" "$(go list tool)"
