#!/usr/bin/env bash
# Builds bin/controlplane and the links in bin/envtest; with a minor version of
# versions/, such as 1.33, the same in bin/kubernetes-1.33. The first time it
# compiles Kubernetes and etcd; afterwards it only links what has changed.
set -euo pipefail
cd "$(dirname "$0")"
out=$(cd ../../.. && pwd)/bin

# Each of these splits Go's build cache in two: they are the same everywhere.
export CGO_ENABLED=0 GOFLAGS=-trimpath GOWORK=off
if [[ -n ${1:-} ]]; then
	if [[ ! -f versions/$1.mod ]]; then
		echo "There is no Kubernetes $1 here, but $(cd versions && echo *.mod); bump.sh writes others." >&2
		exit 1
	fi
	export GOFLAGS="-trimpath -modfile=versions/$1.mod"
	out+=/kubernetes-$1
	mkdir -p "$out"
fi

# Without its version the API server refuses its own feature gates.
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${version#v}"
ldflags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	ldflags+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
done

echo "Building ${out##*/}/controlplane: Kubernetes $version, etcd $(go list -m -f '{{.Version}}' go.etcd.io/etcd/server/v3), kwok $(go list -m -f '{{.Version}}' sigs.k8s.io/kwok)."
echo "The first time this downloads 0.6 GB of modules and compiles for 5 to 15 minutes; later, seconds."
go mod download
total=$(go list -deps . | wc -l)
echo "Modules are here; compiling at most $total packages."

# -v names each package when its compilation starts. Show a line now and then,
# and whatever is not a package at once.
nice go build -v -buildvcs=false -ldflags "$ldflags" -o "$out/controlplane" . 2>&1 |
	awk -v total="$total" '
		/^[A-Za-z0-9_.~\/-]+$/ { if (++n % 100 == 0) { printf "  %d of at most %d packages\n", n, total; fflush() } next }
		{ print; fflush() }'
"$out/controlplane" links --dir "$out/envtest"
touch "$out/controlplane"
echo "${out##*/}/controlplane is ready."
