package bypass

import "fmt"

// one is an attack of one request.
func one(id, name, reason, user string, r request, want string) attack {
	return attack{id: id, name: name, reason: reason, steps: []step{{user, r, want}}}
}

// with says what an attack needs that is there before.
func (a attack) with(before string) attack {
	a.before = before
	return a
}

// pod is a Pod in a namespace, with more metadata.
func pod(namespace, metadata string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: %s-$HALF, %s}, spec: {$CONTAINER}}`, namespace, metadata)
}

// says is metadata with a claim, as it stands in YAML.
func says(value string) string {
	return "annotations: {domicile.dev/tenant: " + value + "}"
}

// claimed is a Deployment of Meridian's in the namespace that it shares.
const claimed = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: claimed, namespace: shared-$HALF, $MERIDIAN}, spec: {replicas: 0, $TEMPLATE}}`

const (
	claimedName = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: claimed, namespace: shared-$HALF}}`
	boundName   = `{apiVersion: v1, kind: Namespace, metadata: {name: meridian-$HALF}}`
	toHarbour   = `{"metadata":{"annotations":{"domicile.dev/tenant":"harbour"}}}`
)

// others are parties of a Deployment besides its tenant.
const (
	others = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: others, namespace: shared-$HALF, annotations: {domicile.dev/tenant: meridian, domicile.dev/on-behalf-of: lantern, domicile.dev/owner: "LEI:00LANTERNKP000000032"}}, spec: {replicas: 0, $TEMPLATE}}`
	othersName = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: others, namespace: shared-$HALF}}`
)

// identity are ways to pass for somebody else.
var identity = []attack{
	one("1", "object against namespace", "the namespace says whose everything in it is", "", creates(pod("meridian", "$LANTERN")), "TenantMismatch"),
	one("1", "template against object", "what runs is somebody else's", "", creates(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: new, namespace: meridian-$HALF, $MERIDIAN}, spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}, $LANTERN}, spec: {$CONTAINER}}}}`), "TenantMismatch"),
	one("1", "prefill against namespace", "annotations stand outside of metadata", "wanda", creates(`{apiVersion: serving.kserve.io/v1, kind: LLMInferenceService, metadata: {name: new, namespace: meridian-$HALF}, spec: {prefill: {$LANTERN}}}`), "TenantMismatch"),
	one("1", "worker group against object", "one group of several", "wanda", creates(`{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: new, namespace: meridian-$HALF}, spec: {workerGroupSpecs: [{}, {template: {metadata: {$LANTERN}}}]}}`), "TenantMismatch"),

	one("2", "empty", "a value that names nobody", "", creates(pod("shared", says(`""`))), "InvalidClaim"),
	one("2", "padded", "white space", "", creates(pod("shared", says(`" meridian"`))), "InvalidClaim"),
	one("2", "case", "another case", "", creates(pod("shared", says(`Meridian`))), "InvalidClaim"),
	one("2", "look-alike", "a Cyrillic letter", "", creates(pod("shared", says("\"m\u0435ridian\""))), "InvalidClaim"),
	one("2", "NUL", "where a reader in C would end", "", creates(pod("shared", says(`"meridian\0"`))), "InvalidClaim"),
	one("2", "list", "two in one", "", creates(pod("shared", says(`"meridian,harbour"`))), "InvalidClaim"),
	one("2", "key in another case", "the key is ours, exactly", "", creates(pod("meridian", "annotations: {Domicile.dev/Tenant: lantern}")), "InvalidClaim"),
	one("2", "key twice", "the reader of the API server takes the last one", "", request{verb: "raw", subresource: "/api/v1/namespaces/meridian-$HALF/pods",
		object: `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"new","annotations":{"domicile.dev/tenant":"meridian","domicile.dev/tenant":"lantern"}},"spec":{"containers":[{"name":"c","image":"i"}]}}`}, "TenantMismatch"),

	one("3", "merge patch", "without bind", "", merges(claimedName, toHarbour), "BindNotAuthorized").with(claimed),
	one("3", "removed", "to nobody", "", merges(claimedName, `{"metadata":{"annotations":{"domicile.dev/tenant":null}}}`), "BindNotAuthorized"),
	one("3", "JSON patch", "another way to write", "", request{verb: "json", object: claimedName, patch: `[{"op":"replace","path":"/metadata/annotations/domicile.dev~1tenant","value":"harbour"}]`}, "BindNotAuthorized"),
	one("3", "takeover by server-side apply", "whoever forces owns the field", "", request{verb: "apply", object: replace(claimed, "$MERIDIAN", says("harbour"))}, "BindNotAuthorized"),
	one("3", "replaced", "a PUT without annotations", "", request{verb: "replace", object: claimedName}, "BindNotAuthorized"),
	one("3", "another party gone", "it would be milder", "", merges(othersName, `{"metadata":{"annotations":{"domicile.dev/on-behalf-of":null}}}`), "BindNotAuthorized").with(others),
	one("3", "owner gone", "it would be milder", "", merges(othersName, `{"metadata":{"annotations":{"domicile.dev/owner":null}}}`), "BindNotAuthorized"),
	one("3", "owner gone by its status", "it would be milder", "wanda", merges(othersName, `{"metadata":{"annotations":{"domicile.dev/owner":null}}}`).over("status"), "BindNotAuthorized"),

	one("4", "namespaces status", "metadata is written through it (CVE-2026-30963)", "nora", merges(boundName, toHarbour).over("status"), "BindNotAuthorized"),
	one("4", "namespaces finalize", "metadata is written through it (CVE-2026-55636)", "nora", request{verb: "replace", subresource: "finalize", object: `{apiVersion: v1, kind: Namespace, metadata: {name: meridian-$HALF, annotations: {domicile.dev/tenant: harbour}}}`}, "BindNotAuthorized"),

	one("5", "namespace patched", "rights on Namespaces are not rights on tenants", "nora", merges(boundName, toHarbour), "BindNotAuthorized"),
	one("5", "new bound namespace", "everything in it would be the tenant's", "nora", creates(`{apiVersion: v1, kind: Namespace, metadata: {name: new-$HALF, $MERIDIAN}}`), "BindNotAuthorized"),
	one("5", "key that looks like a binding", "it would be ignored", "nora", merges(boundName, `{"metadata":{"annotations":{"domicile.dev/tenants":"harbour"}}}`), "InvalidClaim"),
	one("5", "label in place of the annotation", "it looks like a binding", "nora", creates(`{apiVersion: v1, kind: Namespace, metadata: {name: new-$HALF, labels: {domicile.dev/tenant: meridian}}}`), "InvalidClaim"),
	one("5", "label put on", "it looks like a binding", "nora", merges(boundName, `{"metadata":{"labels":{"domicile.dev/tenant":"harbour"}}}`), "InvalidClaim"),
	one("5", "owner references", "they are no reason to look away", "", creates(pod("meridian", "$LANTERN, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: x, uid: x}]")), "TenantMismatch"),

	one("6", "service account", "whoever it is that asks", "system:serviceaccount:meridian-$HALF:default in system:serviceaccounts", creates(pod("meridian", "$LANTERN")), "TenantMismatch"),
	one("6", "groups", "that somebody else gives oneself", "tina in platform,admins", merges(claimedName, toHarbour), "BindNotAuthorized"),
	// attacks/06-serviceaccount.sh
	{id: "6", name: "account of another", reason: "whoever may run as it is said by its claim, which needs no less than others",
		before: `{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: shared-$HALF, $LANTERN}}`,
		steps: []step{
			{"", creates(`{apiVersion: v1, kind: Pod, metadata: {name: m1, namespace: shared-$HALF, $MERIDIAN}, spec: {serviceAccountName: robot, $CONTAINER}}`), "TenantMismatch"},
			{"", merges(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: shared-$HALF}}`, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`), "BindNotAuthorized"},
			{"", creates(`{apiVersion: v1, kind: Pod, metadata: {name: m2, namespace: shared-$HALF, $MERIDIAN}, spec: {serviceAccountName: robot, $CONTAINER}}`), "TenantMismatch"},
		}},
}
