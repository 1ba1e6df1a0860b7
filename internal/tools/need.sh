#!/usr/bin/env bash
# need.sh PROGRAM…: makes sure that programs are there which Go does not bring.
# On Debian and its like it installs them, if it may; elsewhere it says how to
# get each one, and fails. `make` calls it before it does anything else.
set -euo pipefail

# found PROGRAM: is it there, under any of its names?
found() {
	local name names=("$1")
	if [[ $1 == chromium ]]; then
		if [[ -n ${DOMICILE_BROWSER:-} ]]; then return; fi # who names one has one
		names+=(chromium-browser google-chrome google-chrome-stable)
	elif [[ $1 == python3 ]]; then
		python3 -c 'import ensurepip, venv' 2>/dev/null # Debian has them in a package of their own
		return
	fi
	for name in "${names[@]}"; do
		if command -v "$name" >/dev/null; then return; fi
	done
	return 1
}

# package PROGRAM: Debian's package that has it.
package() {
	case $1 in
	busybox) echo busybox-static ;;
	python3) echo python3-venv ;;
	*) echo "$1" ;;
	esac
}

# advice PROGRAM: why it is needed, and where from, on one line.
advice() {
	case $1 in
	chromium) echo "the tests open an HTML page in it: apt-get install chromium, dnf install chromium, brew install --cask chromium, or name a browser of that family in DOMICILE_BROWSER" ;;
	python3) echo "the documentation site, and Envoy and the clients of the gateway's tests, come as Python packages: apt-get install python3-venv, dnf install python3, brew install python3" ;;
	shellcheck) echo "it lints shell scripts: apt-get install shellcheck, dnf install ShellCheck, brew install shellcheck" ;;
	*) echo "the image is built with it: apt-get install $(package "$1"), dnf install $1" ;;
	esac
}

# missing: the programs of the command line that are not there.
missing() {
	local program
	for program in "$@"; do
		if ! found "$program"; then echo "$program"; fi
	done
}

# install PACKAGE…: with apt-get, whose index may be old or empty.
install() {
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
	if ((EUID != 0)); then apt=(sudo -n "${apt[@]}"); fi
	"${apt[@]}" install --yes --no-install-recommends "$@" ||
		{ "${apt[@]}" update && "${apt[@]}" install --yes --no-install-recommends "$@"; }
}

lacking=()
while read -r program; do lacking+=("$program"); done < <(missing "$@")
if ((${#lacking[@]} == 0)); then exit; fi

if command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; then
	packages=()
	for program in "${lacking[@]}"; do packages+=("$(package "$program")"); done
	echo "Installing what is missing, with apt-get: ${packages[*]}"
	said=$(mktemp)
	install "${packages[@]}" >"$said" 2>&1 || tail -n 20 "$said" >&2
	rm -f "$said"
fi

failed=0
for program in "${lacking[@]}"; do
	if ! found "$program"; then
		echo "$program is missing; $(advice "$program")" >&2
		failed=1
	fi
done
exit $failed
