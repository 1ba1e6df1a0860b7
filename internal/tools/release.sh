#!/usr/bin/env bash
# Publishes what a release consists of beside the image: the chart, and archives
# of the kubectl plugin. Usage: release.sh vX.Y.Z oci://REGISTRY/PATH
set -euo pipefail
cd "$(dirname "$0")/../.."
tag=$1
registry=$2
dist=$(mktemp -d)
trap 'rm -rf "$dist"' EXIT

export CGO_ENABLED=0
for platform in darwin/amd64 darwin/arm64 linux/amd64 linux/arm64 windows/amd64; do
	os=${platform%/*} arch=${platform#*/}
	name=kubectl-domicile
	if [[ $os == windows ]]; then name+=.exe; fi
	echo "kubectl-domicile for $platform"
	GOOS=$os GOARCH=$arch go build -trimpath -ldflags "-s -w" -o "$dist/$name" ./cmd/kubectl-domicile
	# Sorted, owned by nobody and as old as the commit: the same archive every time.
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" \
		-czf "$dist/kubectl-domicile_${tag}_${os}_${arch}.tar.gz" -C "$dist" "$name" -C "$PWD" LICENSE
	rm "$dist/$name"
done

make bin/helm bin/kustomize
bin/helm package --destination "$dist" charts/domicile
bin/kustomize build config/default >"$dist/domicile.yaml"
(cd "$dist" && sha256sum -- * >checksums.txt)

bin/helm registry login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<<"$GH_TOKEN"
bin/helm push "$dist"/domicile-*.tgz "$registry"
gh release create "$tag" --verify-tag --generate-notes "$dist"/*.tar.gz "$dist"/*.tgz "$dist/domicile.yaml" "$dist/checksums.txt"
