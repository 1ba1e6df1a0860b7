#!/usr/bin/env bash
# Publishes what release.sh has made, and nothing else: the image and the chart to a
# registry, the files to a release of the tag. It signs image, chart and checksums without a
# key of ours, as the workflow that runs it, and prints the digests as outputs of a step.
# Usage: publish.sh vX.Y.Z FOLDER REGISTRY, with GITHUB_ACTOR and GH_TOKEN, and cosign in PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1 folder=$2 registry=$3

skopeo login --username "$GITHUB_ACTOR" --password-stdin "${registry%%/*}" <<<"$GH_TOKEN"
skopeo copy --all --digestfile "$folder.image" "oci:$folder/image:$version" "docker://$registry/domicile:$version"

bin/helm registry login "${registry%%/*}" --username "$GITHUB_ACTOR" --password-stdin <<<"$GH_TOKEN"
said=$(bin/helm push "$folder"/domicile-*.tgz "oci://$registry/charts" 2>&1)
echo "$said"

image=$(<"$folder.image")
chart=$(sed -n 's/^Digest: //p' <<<"$said")
cosign login "${registry%%/*}" --username "$GITHUB_ACTOR" --password-stdin <<<"$GH_TOKEN"
cosign sign --yes "$registry/domicile@$image" "$registry/charts/domicile@$chart"
cosign sign-blob --yes --bundle "$folder/checksums.txt.sigstore.json" "$folder/checksums.txt"

printf 'image=%s\nchart=%s\n' "$image" "$chart" >>"$GITHUB_OUTPUT"
gh release create "$version" --verify-tag --generate-notes "$folder"/*.*
