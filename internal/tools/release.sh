#!/usr/bin/env bash
# Makes everything that a release consists of, and publishes nothing:
#
#   image/                 the image for two architectures, an OCI layout
#   domicile-X.Y.Z.tgz     the chart
#   kubectl-domicile_…     the kubectl plugin for six platforms, and domicile.yaml for krew
#   install.yaml           what `kubectl apply -k config/default` applies, with this image
#   *.spdx.json, *.cdx.json  what image and plugin are made of
#   checksums.txt          of all files above, and of the image's index
#
# The same sources make the same bytes. Usage: release.sh vX.Y.Z FOLDER
# STANDIN=1 builds the image without a registry, as test/image/run does; PLATFORMS are
# those of the plugin, ARCHITECTURES those of the image.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
platforms=${PLATFORMS:-darwin/amd64 darwin/arm64 linux/amd64 linux/arm64 windows/amd64 windows/arm64}
architectures=${ARCHITECTURES:-amd64 arm64}
export CGO_ENABLED=0

chart=$(sed -n 's/^version: //p' charts/domicile/Chart.yaml)
if [[ $version != "v$chart" ]]; then
	echo "The version is $version, and the chart's v$chart." >&2
	exit 1
fi
# The commit's time instead of now.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
# shellcheck source=test/image/standin.sh
source test/image/standin.sh
storage=$work
cleanup() {
	unmount
	rm -rf "$work"
}
trap cleanup EXIT
go -C internal/tools/release build -o "$work/release" .
release() { "$work/release" "$@"; }

echo "The image for $architectures"
extra=() caches=()
if [[ -n ${STANDIN:-} ]]; then
	standin "$work"
	extra=(--pull-never)
fi
# Not every buildah knows BUILDPLATFORM by itself; without it, it wants a golang image of the other architecture.
buildplatform=linux/$(go env GOHOSTARCH)
b manifest create "localhost/domicile:$version" >/dev/null
for arch in $architectures; do
	b bud --quiet --isolation chroot "${extra[@]}" "${caches[@]}" --no-cache --timestamp "$SOURCE_DATE_EPOCH" \
		--platform "linux/$arch" --build-arg "BUILDPLATFORM=$buildplatform" --build-arg TARGETOS=linux --build-arg "TARGETARCH=$arch" --build-arg "VERSION=$version" \
		--tag "localhost/domicile:$arch" . >/dev/null
	b manifest add "localhost/domicile:$version" "containers-storage:localhost/domicile:$arch" >/dev/null
done
b manifest push --quiet --all --format oci "localhost/domicile:$version" "oci:$out/image:$version"

echo "What the image is made of"
mount=$(b mount "$(b from --pull-never "localhost/domicile:${architectures%% *}")")
for format in spdx cyclonedx; do
	release sbom "$format" "$version" "$SOURCE_DATE_EPOCH" "$mount/manager" >"$out/manager.${format/cyclonedx/cdx}.json"
done

for platform in $platforms; do
	os=${platform%/*} arch=${platform#*/} name=kubectl-domicile suffix=tar.gz
	if [[ $os == windows ]]; then name+=.exe suffix=zip; fi
	echo "The plugin for $platform"
	GOOS=$os GOARCH=$arch go build -trimpath -buildvcs=false -ldflags "-s -w" -o "$work/$name" ./cmd/kubectl-domicile
	release archive "$out/kubectl-domicile_${version}_${os}_$arch.$suffix" "$SOURCE_DATE_EPOCH" "$work/$name" LICENSE
	if [[ $platform == "${platforms%% *}" ]]; then
		for format in spdx cyclonedx; do
			release sbom "$format" "$version" "$SOURCE_DATE_EPOCH" "$work/$name" >"$out/kubectl-domicile.${format/cyclonedx/cdx}.json"
		done
	fi
	rm "$work/$name"
done
release krew "$version" "https://github.com/domicile-dev/domicile/releases/download/$version" "$out" >"$out/domicile.yaml"

echo "The chart"
# Helm keeps the times of files.
cp -r charts/domicile "$work/domicile"
find "$work/domicile" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
bin/helm package --destination "$out" "$work/domicile" >/dev/null
touch -d "@$SOURCE_DATE_EPOCH" "$out/domicile-$chart.tgz" # the time that helm push writes down
bin/kustomize build config/default >"$out/install.yaml"

(cd "$out" && sha256sum -- *.* image/index.json | sort -k2 >"$work/checksums.txt" && mv "$work/checksums.txt" checksums.txt)
echo "All of $version is in $out."
