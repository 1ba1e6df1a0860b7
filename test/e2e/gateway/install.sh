#!/usr/bin/env bash
# Puts the proxies and clients that test-gateway runs into bin/proxies: Envoy, Traefik and
# the clients from Python's index, nginx, HAProxy and Caddy from Debian's packages, which are
# unpacked and not installed. What is in PATH already is taken from there.
set -euo pipefail
cd "$(dirname "$0")"
out=$(cd ../../.. && pwd)/bin/proxies
mkdir -p "$out/debs/partial"

echo "Installing Envoy, Traefik and the clients of OpenAI and Anthropic into bin/proxies …"
[[ -x $out/python/bin/pip ]] || python3 -m venv "$out/python"
"$out/python/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt

lacking=()
for program in nginx haproxy caddy curl; do
	command -v "$program" >/dev/null || [[ -x /usr/sbin/$program ]] || lacking+=("$program")
done
if ((${#lacking[@]} > 0)); then
	command -v apt-get >/dev/null || {
		echo "Install these, or run this on Debian: ${lacking[*]}" >&2
		exit 1
	}
	echo "Unpacking Debian's packages into bin/proxies: ${lacking[*]} …"
	get=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Dir::Cache::archives="$out/debs"
		install --yes --download-only --no-install-recommends "${lacking[@]}")
	"${get[@]}" >/dev/null 2>&1 || { apt-get -qq update && "${get[@]}"; }
	for package in "$out"/debs/*.deb; do dpkg-deb --extract "$package" "$out/debian"; done
fi
rm -rf "$out/debs"
touch "$out"
