#!/usr/bin/env bash
# Checks everything that can be checked without running the code. `make verify`
# has generated what is generated before it calls this.
set -euo pipefail
cd "$(dirname "$0")/../.."
failed=0

# step NAME COMMAND…: every step runs, so that one run tells everything.
step() {
	echo "── $1"
	if ! "${@:2}"; then
		echo "── $1: failed" >&2
		failed=1
	fi
}

# What follows is called by step, which shellcheck does not see.
# shellcheck disable=SC2317
shell() {
	git ls-files -z --cached --others --exclude-standard '*.sh' .ci/run | xargs -0 shellcheck
}

# shellcheck disable=SC2317
tidy() {
	local module status=0
	for module in . internal/tools internal/tools/lint internal/tools/promtool test/rig/controlplane test/rig/registry test/browser test/bench/gateway/opa; do
		go -C "$module" mod tidy -diff || status=1
	done
	return "$status"
}

# shellcheck disable=SC2317
clean() {
	git diff --exit-code || return 1
	local untracked
	untracked=$(git ls-files --others --exclude-standard)
	if [[ -n $untracked ]]; then
		printf 'Neither committed nor ignored:\n%s\n' "$untracked" >&2
		return 1
	fi
}

step "lint" make --no-print-directory lint
step "vet test/rig/controlplane" go -C test/rig/controlplane vet ./...
step "vet test/rig/registry" go -C test/rig/registry vet ./...
step "vet test/browser" go -C test/browser vet ./...
step "vet test/bench/gateway/opa" go -C test/bench/gateway/opa vet ./...
step "shellcheck" shell
step "helm lint" bin/helm lint --strict --quiet charts/domicile
step "go.mod" tidy
step "nothing has changed" clean
exit $failed
