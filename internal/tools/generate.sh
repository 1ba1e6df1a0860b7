#!/usr/bin/env bash
# Generates everything that is generated, from the Go types and the chart:
#
#   types, markers ──► deepcopy, apply configurations, config/crd, docs/reference/api.md
#                └───► charts/domicile/files (CRDs, the manager's rules)
#   the table of kinds ► more markers: who may read and change what is covered
#   the chart ───────► config/manager, config/rbac, config/webhook
#
# `make generate` builds the tools and calls this.
set -euo pipefail
cd "$(dirname "$0")/../.."

echo "deepcopy, apply configurations, CRDs"
rm -f config/crd/domicile.dev_*.yaml
bin/controller-gen object applyconfiguration crd paths=./api/... output:crd:dir=config/crd

echo "rights that follow from the table of kinds"
go run ./internal/kinds/rights

echo "chart: CRDs and the manager's rules"
rm -rf charts/domicile/files/crds
mkdir -p charts/domicile/files/crds
cp config/crd/domicile.dev_*.yaml charts/domicile/files/crds/
# Suspension and the mirror have rights of their own, which are not everybody's.
mapfile -t main < <(go list -f '{{.Dir}}' ./... | grep -v -e /controllers/suspension -e /controllers/mirror -e /test/)
bin/controller-gen rbac:roleName=domicile "${main[@]/#/paths=}" output:rbac:dir=charts/domicile/files
for part in suspension mirror; do
	mkdir -p "charts/domicile/files/$part"
	bin/controller-gen rbac:roleName=domicile-$part paths=./controllers/$part output:rbac:dir=charts/domicile/files/$part
done

echo "config: the kinds of reports, as in the chart"
cp charts/domicile/files/reports/*.yaml config/reports/

echo "chart: the defaults for upgrades, and the table of values"
{
	echo "# Generated from values.yaml."
	sed -e '/^ *#/d' -e '/^$/d' charts/domicile/values.yaml
} >charts/domicile/files/defaults.yaml
bin/helm-docs --chart-search-root=charts --template-files=README.md.gotmpl --sort-values-order=file --log-level=warning

echo "config: the chart, rendered"
rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT
bin/helm template domicile charts/domicile --namespace domicile-system --output-dir "$rendered" >/dev/null
for part in manager rbac webhook; do
	for file in "config/$part"/*.yaml; do
		if [[ $file != */kustomization.yaml ]]; then rm -f "$file"; fi
	done
	for file in "$rendered/domicile/templates/$part"/*.yaml; do
		# What kustomize applies is not Helm's.
		sed -e '/^ *helm\.sh\/chart: /d' -e '/^ *app\.kubernetes\.io\/managed-by: Helm$/d' \
			-e 's|^# Source: domicile/|# Generated from charts/domicile/|' "$file" >"config/$part/${file##*/}"
	done
done

echo "API reference"
bin/crd-ref-docs --log-level=ERROR --renderer=markdown --source-path=api/v1alpha1 \
	--config=docs/reference/crd-ref-docs.yaml --output-path=docs/reference/api.md
