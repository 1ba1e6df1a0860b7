#!/usr/bin/env bash
# Fuzzes every target for a while, one after the other: fuzz.sh DURATION [NAME]. What it finds
# is in testdata/fuzz of the package, to be kept with the mend. What was interesting is kept
# in Go's cache (go env GOCACHE, the folder fuzz), from which the next run goes on.
set -euo pipefail
cd "$(dirname "$0")/../.."
duration=$1 only=${2:-Fuzz[A-Za-z0-9_]*}

failed=()
while IFS=: read -r file name; do
	echo "$name (${file%/*}):"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$duration" ${PARALLEL:+-parallel "$PARALLEL"} "${file%/*}" || failed+=("$name")
done < <(grep -rEo --include='*_test.go' "^func ${only}\(f " . | sed 's/:func /:/; s/(f $//' | sort)

if ((${#failed[@]})); then
	echo "These failed: ${failed[*]}"
	exit 1
fi
