#!/usr/bin/env bash
# Writes go.mod for another version of Kubernetes, with the etcd that it pins:
#
#   test/rig/controlplane/bump.sh 1.36.3 0.8.0         # Kubernetes, kwok
#   test/rig/controlplane/bump.sh 1.33.9 0.7.0 1.33    # versions/1.33.mod, which is tested besides
#
# k8s.io/kubernetes requires its staging modules at v0.0.0 and replaces them by
# folders of its repository; here they are replaced by the modules that are
# published from those folders under the same minor and patch version.
set -euo pipefail
cd "$(dirname "$0")"
kubernetes=v$1 staging=v0.${1#*.} kwok=v$2 file=go.mod
if [[ -n ${3:-} ]]; then
	file=versions/$3.mod
	mkdir -p versions
fi

upstream=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | sed -n 's/.*"GoMod": "\(.*\)",*/\1/p')
etcd=$(awk '$1 == "go.etcd.io/etcd/client/v3" {print $2}' "$upstream")
{
	printf 'module github.com/domicile-dev/domicile/test/rig/controlplane\n\n'
	awk '$1 == "go" {print; print ""}' "$upstream"
	printf 'require (\n\tk8s.io/kubernetes %s\n\tgo.etcd.io/etcd/server/v3 %s\n\tsigs.k8s.io/kwok %s\n)\n\nreplace (\n' "$kubernetes" "$etcd" "$kwok"
	sed -n 's|^[[:space:]]*\(k8s\.io/[a-z0-9-]*\) => \./staging/.*|\1|p' "$upstream" | sort -u |
		while read -r module; do printf '\t%s => %s %s\n' "$module" "$module" "$staging"; done
	printf ')\n'
} >"$file.new"
mv "$file.new" "$file"
go mod tidy -modfile="$file"
