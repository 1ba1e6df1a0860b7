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

// later is what Lantern made before the policy, to start it later.
const later = `
{apiVersion: v1, kind: Pod, metadata: {name: gated, namespace: lantern-$HALF}, spec: {schedulingGates: [{name: example.com/wait}], $CONTAINER}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: paused, namespace: lantern-$HALF}, spec: {paused: true, replicas: 1, $TEMPLATE}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: part, namespace: lantern-$HALF}, spec: {replicas: 1, serviceName: a, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}, $TEMPLATE}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: held, namespace: lantern-$HALF}, spec: {replicas: 1, serviceName: a, updateStrategy: {type: OnDelete}, $TEMPLATE}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: indexed, namespace: lantern-$HALF}, spec: {suspend: true, completionMode: Indexed, completions: 2, parallelism: 2, $JOB}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: limited, namespace: lantern-$HALF}, spec: {completions: 4, parallelism: 1, activeDeadlineSeconds: 1000, template: {spec: {restartPolicy: Never, nodeSelector: {no: node}, $CONTAINER}}}}`

// nobodys is a Widget of nobody's, in a namespace of tenants, which has no status of its own.
const nobodys = `{apiVersion: example.com/v1, kind: Widget, metadata: {name: nobodys, namespace: shared-$HALF}, spec: {replicas: 0}}`

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
	one("C", "template of a JobSet claims", "what runs is what counts", "wanda", creates(`{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, metadata: {name: new, namespace: shared-$HALF}, spec: {replicatedJobs: [{template: {spec: {template: {metadata: {$MERIDIAN}}}}}]}}`), "ClaimNotAuthorized"),
	one("C", "template of a Job claims", "the controller that makes it may", "", creates(`{apiVersion: batch/v1, kind: CronJob, metadata: {name: new, namespace: shared-$HALF}, spec: {schedule: "0 0 1 1 *", jobTemplate: {metadata: {$MERIDIAN}, spec: {$JOB}}}}`), "ClaimNotAuthorized"),
	one("C", "an API key claims", "it would be a neighbour's", "", creates(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: new, namespace: shared-$HALF, $MERIDIAN}}`), "ClaimNotAuthorized"),
	one("C", "an API key claims nobody", "it would be anybody's", "", creates(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: new, namespace: shared-$HALF}}`), "NoTenant"),
	one("C", "the account of all Pods", "they would be a neighbour's", "", merges(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shared-$HALF}}`, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}}}`), "BindNotAuthorized"),
	one("C", "a namespace acts for nobody any more", "it would be milder", "nora", merges(boundName, `{"metadata":{"annotations":{"domicile.dev/on-behalf-of":"harbour"}}}`), "BindNotAuthorized"),
	{id: "C", name: "claim in a status", reason: "the API server does not ask when it changes", before: nobodys, steps: []step{
		{"wanda", merges(nobodys, `{"spec":{"a":"b"}}`), "NoTenant"},
		{"wanda", merges(nobodys, `{"status":{"annotations":{"domicile.dev/tenant":"meridian"}}}`), ""},
		{"wanda", merges(nobodys, `{"spec":{"a":"c"}}`), "NoTenant"},
	}},
	{id: "C", name: "namespace made again", reason: "its annotation would be gone, the Tenant binds it by name",
		before: `
{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: nightjar-$HALF}, spec: {parties: [{role: Customer, entity: {name: lantern-group}}], namespaces: {bound: [nightjar-$HALF]}}}`,
		steps: []step{
			{"nora", creates(`{apiVersion: v1, kind: Namespace, metadata: {name: nightjar-$HALF}}`), ""},
			{"root in system:masters", creates(`{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: nightjar-$HALF}, spec: {$CONTAINER}}`), never},
		}},
	one("C", "Tenant that binds goes", "what it binds would be nobody's", "carl", deletes(nightjar), "verb bind"),
	one("C", "Tenant that binds gets an owner", "it would go with it", "carl", merges(nightjar, `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Namespace","name":"a","uid":"a"}]}}`), "verb bind"),
	one("C", "bound from the side of a Tenant", "whoever may write Tenants may not bind", "carl", merges(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: meridian}}`, `{"spec":{"namespaces":{"bound":["lantern-$HALF"]}}}`), "verb bind"),

	// What attacks/09-drain.sh needs is no way to grow: see TestADrainEnds.
	one("D", "says that it is made again", "only a controller's own user counts", "", creates(pod("lantern", "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: set, uid: a, controller: true}]")), never),
	one("D", "calls an account so", "a ServiceAccount of that name elsewhere", "system:serviceaccount:lantern-$HALF:default in system:serviceaccounts", creates(pod("lantern", "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: set, uid: a, controller: true}]")), never),

	one("F", "a rollout", "Pods of another template, which would be refused one by one", "", request{verb: "strategic", object: ref("apps/v1", "Deployment", "web"), patch: `{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":5}}}}`}, never),
	one("F", "restart", "new Pods of the same template", "", merges(ref("apps/v1", "Deployment", "web"), `{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"now"}}}}}`), never),
	one("F", "an absent number", "without replicas there is one", "wanda", merges(ref("apps/v1", "StatefulSet", "state"), `{"spec":{"replicas":null}}`), never),
	one("F", "claim of the object alone", "its Pods would claim nothing, and be refused one by one", "harry", creates(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: new, namespace: shared-$HALF, annotations: {domicile.dev/tenant: harbour}}, spec: {$TEMPLATE}}`), "NoTenant"),
	one("F", "gates gone", "the Pod starts", "", merges(ref("v1", "Pod", "gated"), `{"spec":{"schedulingGates":null}}`), never).with(later),
	one("F", "unpaused", "what was changed meanwhile is rolled out", "", merges(ref("apps/v1", "Deployment", "paused"), `{"spec":{"paused":false}}`), never),
	one("F", "partition", "what was changed meanwhile is rolled out", "", merges(ref("apps/v1", "StatefulSet", "part"), `{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}`), never),
	one("F", "strategy", "what was changed meanwhile is rolled out", "", merges(ref("apps/v1", "StatefulSet", "held"), `{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}`), never),
	one("F", "ordinals", "Pods of other names", "", merges(ref("apps/v1", "StatefulSet", "held"), `{"spec":{"ordinals":{"start":5}}}`), never),
	one("F", "surge", "more Pods at a time", "", merges(ref("apps/v1", "Deployment", "web"), `{"spec":{"strategy":{"rollingUpdate":{"maxSurge":9}}}}`), never),
	one("F", "completions", "more Pods in all", "", merges(ref("batch/v1", "Job", "indexed"), `{"spec":{"completions":9,"parallelism":9}}`), never),
	one("F", "deadline", "it would end", "", merges(ref("batch/v1", "Job", "limited"), `{"spec":{"activeDeadlineSeconds":9000}}`), never),
	one("F", "deadline gone", "it would end", "", merges(ref("batch/v1", "Job", "limited"), `{"spec":{"activeDeadlineSeconds":null}}`), never),
	one("F", "tries", "more Pods in the place of those that fail", "", merges(ref("batch/v1", "Job", "limited"), `{"spec":{"backoffLimit":900}}`), never),
	one("F", "CronJob resumed by saying nothing", "an absent suspend is false", "", merges(ref("batch/v1", "CronJob", "paused"), `{"spec":{"suspend":null}}`), never),
	one("F", "Workload activated by saying nothing", "an absent active is true", "wanda", merges(ref("kueue.x-k8s.io/v1", "Workload", "queued"), `{"spec":{"active":null}}`), never),
	// attacks/07-place-gone.sh
	{id: "F", name: "only place of a claim removed and put back", reason: "without the list nobody's, and again without claim", before: rays,
		steps: []step{
			{"wanda", request{verb: "json", object: rc, patch: `[{"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":50}]`}, never},
			{"wanda", request{verb: "json", object: rc, patch: `[{"op":"remove","path":"/spec/workerGroupSpecs"}]`}, "BindNotAuthorized"},
			{"wanda", request{verb: "json", object: rc, patch: `[{"op":"add","path":"/spec/workerGroupSpecs","value":[{"groupName":"g","replicas":50,"template":{"spec":{"containers":[{"name":"r","image":"a"}]}}}]}]`}, never},
		}},
	one("F", "growth while the claim changes", "the old claim counts, too", "root in system:masters", merges(otherRay, `{"metadata":{"annotations":{"domicile.dev/tenant":"meridian"}},"spec":{"workerGroupSpecs":[{"groupName":"g","replicas":50,"template":{"spec":{"containers":[{"name":"r","image":"a"}]}}}]}}`), never),

	one("G", "a kind that nobody names", "its definition tells that Pods come of it", "wanda", creates(`{apiVersion: example.net/v1, kind: Foundry, metadata: {name: new, namespace: lantern-$HALF}, spec: {replicas: 0}}`), never),
	one("G", "a kind without templates", "its definition has an image and a number", "wanda", creates(`{apiVersion: example.net/v1, kind: Anvil, metadata: {name: new, namespace: lantern-$HALF}, spec: {image: i}}`), never),
	one("G", "grows", "what was there before the policy", "wanda", merges(foundry, `{"spec":{"replicas":2}}`), never).with(foundry),
	one("G", "annotations under another name", "operators put them on Pods", "wanda", creates(`{apiVersion: example.net/v1, kind: Foundry, metadata: {name: new, namespace: meridian-$HALF}, spec: {hearths: [{podAnnotations: {domicile.dev/tenant: lantern}}]}}`), "TenantMismatch"),
	one("G", "devices", "a claim of them holds them", "wanda", creates(`{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: new, namespace: lantern-$HALF}, spec: {}}`), never),
	one("23", "ExternalSecret", "the Secret that comes of it need not carry anything", "wanda", creates(`{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: new, namespace: lantern-$HALF}, spec: {target: {template: {metadata: {$MERIDIAN}}}}}`), "TenantMismatch"),
	one("16", "DisaggregatedSet", "roles with templates", "wanda", creates(`{apiVersion: disaggregatedset.x-k8s.io/v1, kind: DisaggregatedSet, metadata: {name: new, namespace: shared-$HALF}, spec: {roles: [{template: {metadata: {$LANTERN}}}]}}`), never),
}

const nightjar = `{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: nightjar-$HALF}}`

// foundry is of a kind that nobody names.
const foundry = `{apiVersion: example.net/v1, kind: Foundry, metadata: {name: old, namespace: lantern-$HALF}, spec: {replicas: 1}}`
