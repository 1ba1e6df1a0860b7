#!/usr/bin/env bash
# Makes a release twice, in two folders with their own copies of what is committed, and
# compares: the same bytes. Then it is installed from a registry (test/release).
# PLATFORMS and ARCHITECTURES bound what is made, as for release.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
export STANDIN=1 SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
version=v$(sed -n 's/^version: //p' charts/domicile/Chart.yaml)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for copy in one another/place; do
	mkdir -p "$work/$copy"
	git archive HEAD | tar -x -C "$work/$copy"
	ln -s "$PWD/bin" "$work/$copy/bin"
	"$work/$copy/internal/tools/release.sh" "$version" "$work/made/${copy%/*}"
done
diff -r "$work/made/one" "$work/made/another"
echo "Made twice, and the same."
go run ./test/release -folder "$work/made/one" -version "$version"
