package bypass

// rays are RayClusters of Lantern's in the namespace that it shares.
const rays = `
{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: rc, namespace: shared-$HALF}, spec: {workerGroupSpecs: [{groupName: g, replicas: 1, template: {metadata: {$LANTERN}, spec: {$CONTAINER}}}]}}
---
{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: other, namespace: shared-$HALF, $LANTERN}, spec: {workerGroupSpecs: [{groupName: g, replicas: 1, template: {spec: {$CONTAINER}}}]}}`

const (
	rc       = `{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: rc, namespace: shared-$HALF}}`
	otherRay = `{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: other, namespace: shared-$HALF}}`
)

// letters are what the design has to hold by itself, by its letter.
var letters = []attack{
	// attacks/08-shared-namespace.sh
	one("C", "claims a neighbour", "whoever may create a Pod would say whose it is", "", creates(pod("shared", "$MERIDIAN")), "ClaimNotAuthorized"),
	one("C", "claims a restricted tenant", "it is refused all the same", "", creates(pod("shared", "$LANTERN")), never),
	one("C", "claims nobody", "it would run for a neighbour", "", creates(pod("shared", "")), "NoTenant"),
	one("C", "claims who does not exist", "it would be nobody's", "", creates(pod("shared", says("nobody"))), "TenantNotFound"),
	one("C", "claims who may not be here", "the Tenant does not admit the namespace", "", creates(pod("nobody", "$MERIDIAN")), "TenantNotAuthorized"),
	one("C", "a key that looks like ours", "it would be ignored", "", creates(pod("meridian", "annotations: {domicile.dev/tenants: lantern}")), "InvalidClaim"),
	one("C", "a label in place of the annotation", "it would be ignored", "", creates(pod("meridian", "labels: {domicile.dev/tenant: lantern}")), "InvalidClaim"),
	{id: "C", name: "namespace made again", reason: "its annotation would be gone, the Tenant binds it by name",
		before: `
{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: nightjar-$HALF}, spec: {parties: [{role: Customer, entity: {name: lantern-group}}], namespaces: {bound: [nightjar-$HALF]}}}`,
		steps: []step{
			{"nora", creates(`{apiVersion: v1, kind: Namespace, metadata: {name: nightjar-$HALF}}`), ""},
			{"root in system:masters", creates(`{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: nightjar-$HALF}, spec: {$CONTAINER}}`), never},
		}},
	one("C", "bound from the side of a Tenant", "whoever may write Tenants may not bind", "carl", merges(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: meridian}}`, `{"spec":{"namespaces":{"bound":["lantern-$HALF"]}}}`), "verb bind"),

	// What attacks/09-drain.sh needs is no way to grow: see TestADrainEnds.
	one("D", "says that it is made again", "only a controller's own user counts", "", creates(pod("lantern", "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: set, uid: a, controller: true}]")), never),
	one("D", "calls an account so", "a ServiceAccount of that name elsewhere", "system:serviceaccount:lantern-$HALF:default in system:serviceaccounts", creates(pod("lantern", "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: set, uid: a, controller: true}]")), never),

	one("F", "a rollout", "Pods of another template, which would be refused one by one", "", request{verb: "strategic", object: ref("apps/v1", "Deployment", "web"), patch: `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":5}}}}`}, never),
	one("F", "restart", "new Pods of the same template", "", merges(ref("apps/v1", "Deployment", "web"), `{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"now"}}}}}`), never),
	one("F", "an absent number", "without replicas there is one", "wanda", merges(ref("apps/v1", "StatefulSet", "state"), `{"spec":{"replicas":null}}`), never),
	// attacks/07-place-gone.sh
	{id: "F", name: "only place of a claim removed and put back", reason: "without the list nobody's, and again without claim", before: rays,
		steps: []step{
			{"wanda", request{verb: "json", object: rc, patch: `[{"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":50}]`}, never},
			{"wanda", request{verb: "json", object: rc, patch: `[{"op":"remove","path":"/spec/workerGroupSpecs"}]`}, "BindNotAuthorized"},
			{"wanda", request{verb: "json", object: rc, patch: `[{"op":"add","path":"/spec/workerGroupSpecs","value":[{"groupName":"g","replicas":50,"template":{"spec":{"containers":[{"name":"r","image":"a"}]}}}]}]`}, never},
		}},
	one("F", "growth while the claim changes", "the old claim counts, too", "root in system:masters", merges(otherRay, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}},"spec":{"workerGroupSpecs":[{"groupName":"g","replicas":50,"template":{"spec":{"containers":[{"name":"r","image":"a"}]}}}]}}`), never),
}
