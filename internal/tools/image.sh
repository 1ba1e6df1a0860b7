#!/usr/bin/env bash
# Builds the container image with whatever there is: docker (buildx), podman or
# buildah. Usage: image.sh [NAME:TAG]
set -euo pipefail
cd "$(dirname "$0")/../.."
image=${1:-ghcr.io/domicile-dev/domicile:dev}

# The commit's time instead of now: the same commit gives the same image.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

if docker buildx version >/dev/null 2>&1; then
	docker buildx build --load --tag "$image" .
elif command -v podman >/dev/null; then
	podman build --timestamp "$SOURCE_DATE_EPOCH" --tag "$image" .
elif command -v buildah >/dev/null; then
	buildah build --timestamp "$SOURCE_DATE_EPOCH" --tag "$image" .
else
	echo "make image needs docker with buildx, podman or buildah" >&2
	exit 1
fi
echo "$image"
