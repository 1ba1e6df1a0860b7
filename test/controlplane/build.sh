#!/usr/bin/env bash
# Compiles the control plane into bin/controlplane, and says how far it is: the
# first time, that is most of Kubernetes.
set -euo pipefail
cd "$(dirname "$0")"
bin=../../bin

version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
echo "The control plane is Kubernetes $version, compiled from source. Fetching what is missing …"
todo=$(go list -deps -f '{{if .Stale}}.{{end}}' . | wc -w)
if ((todo > 200)); then
	echo "$todo packages to compile: about 10 minutes on two cores, this once."
fi

IFS=. read -r major minor _ <<<"${version#v}"
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	# Without these the API server takes itself for v0.0.0 and refuses its own feature gates.
	flags+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
done

# -v prints a line per package that is compiled.
nice go build -v -buildvcs=false -trimpath -ldflags "$flags" -o "$bin/controlplane" . 2>&1 |
	awk -v todo="$todo" '
		/[ :]/ { print; fflush(); next }
		++done % 100 == 0 { printf "  %d of %d packages\n", done, todo; fflush() }'
touch "$bin/controlplane"

# What envtest looks for.
mkdir -p "$bin/envtest"
for name in etcd kube-apiserver kubectl; do
	ln -sf ../controlplane "$bin/envtest/$name"
done
