# shellcheck shell=bash
# Sourced by what builds the Dockerfile without a registry: `standin FOLDER` makes a local
# image that takes the place of the golang image, of this machine's Go and a shell, and
# defines b, which is buildah with its storage in the folder, and caches.

standin() {
	local work=$1 base container mount need
	for need in buildah busybox; do
		if ! command -v "$need" >/dev/null; then
			echo "$need is missing: apt-get install buildah busybox-static" >&2
			return 1
		fi
	done
	storage=$work
	# shellcheck disable=SC2016 # the variable is Docker's
	base=$(sed -n 's/^FROM --platform=$BUILDPLATFORM \([^ ]*\) AS build$/\1/p' Dockerfile)
	echo "A stand-in for $base"
	container=$(b from scratch)
	mount=$(b mount "$container")
	mkdir -p "$mount"/{bin,etc/ssl/certs,root,tmp,usr/local}
	cp -r "$(go env GOROOT)" "$mount/usr/local/go"
	cp "$(command -v busybox)" "$mount/bin/busybox"
	ln -s busybox "$mount/bin/sh"
	cp /etc/ssl/certs/ca-certificates.crt "$mount/etc/ssl/certs/"
	echo "root:x:0:0::/root:/bin/sh" >"$mount/etc/passwd"
	b config --env PATH=/usr/local/go/bin:/bin --env HOME=/root --env GOPATH=/go \
		--env GOTOOLCHAIN=local --env GOPROXY=off "$container"
	b commit --quiet --rm "$container" "docker.io/library/$base" >/dev/null

	# What has been downloaded and compiled already is used; nothing is fetched.
	go mod download
	# shellcheck disable=SC2034 # for whoever sources this
	caches=(--volume "$(go env GOMODCACHE):/go/pkg/mod" --volume "$(go env GOCACHE):/root/.cache/go-build")
}

b() { buildah --root "$storage/root" --runroot "$storage/runroot" --storage-driver vfs "$@"; }

# unmount lets the folder be removed.
unmount() { b umount --all >/dev/null 2>&1 || true; }
