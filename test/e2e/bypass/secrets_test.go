package bypass

import "fmt"

// keys are Meridian's API key and two ServiceAccounts that would hand it over.
const keys = `
{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: shared-$HALF, labels: {domicile.dev/api-key: "true"}, $MERIDIAN}, stringData: {key: a}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: puller, namespace: shared-$HALF}, imagePullSecrets: [{name: key}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: mounter, namespace: shared-$HALF}, secrets: [{name: key}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: debugged, namespace: shared-$HALF}, spec: {nodeSelector: {no: node}, $CONTAINER}}
---
{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: own, namespace: lantern-$HALF}, stringData: {key: a}}
---
{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: frozen, namespace: lantern-$HALF}, immutable: true, stringData: {key: a}}
---
{apiVersion: v1, kind: Secret, metadata: {name: plain, namespace: lantern-$HALF}, stringData: {password: a}}`

const foreign = "ForeignAPIKey"

// reads is a Pod of nobody's that reads a Secret in some way.
func reads(spec string) request {
	return creates(fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: shared-$HALF}, spec: {%s}}`, spec))
}

const (
	sharedKey = `{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: shared-$HALF}}`
	envFrom   = `containers: [{name: c, image: example.org/c:1, envFrom: [{secretRef: {name: %s}}]}]`
)

// unmarked is a Secret of Lantern's that has no mark of ours.
func unmarked(label string) string {
	return `{apiVersion: v1, kind: Secret, metadata: {generateName: k-, namespace: lantern-$HALF, labels: {` + label + `}}, stringData: {api-key: sk-1}}`
}

// secrets are ways to an API key.
var secrets = []attack{
	one("20", "data", "another key", "", merges(ref("v1", "Secret", "own"), `{"data":{"key":"Yg=="}}`), never).with(keys),
	one("20", "stringData", "another way to write it", "", merges(ref("v1", "Secret", "own"), `{"stringData":{"more":"b"}}`), never),
	one("20", "type", "a new one", "", creates(`{apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: new, namespace: lantern-$HALF}}`), never),
	one("20", "label", "a new one of another type", "", creates(`{apiVersion: v1, kind: Secret, type: example.com/mine, metadata: {name: new, namespace: lantern-$HALF, labels: {domicile.dev/api-key: "true"}}}`), never),
	one("20", "data key that a policy names", "no mark at all", "", creates(`{apiVersion: v1, kind: Secret, metadata: {name: new, namespace: lantern-$HALF}, stringData: {GATEWAY_KEY: a}}`), never),
	one("20", "mark put on a plain one", "it becomes a key", "", merges(ref("v1", "Secret", "plain"), `{"metadata":{"labels":{"domicile.dev/api-key":"true"}}}`), never),
	one("20", "mark that is another value", "a look-alike is refused, not ignored", "", creates(`{apiVersion: v1, kind: Secret, metadata: {name: new, namespace: meridian-$HALF, labels: {domicile.dev/api-key: "True"}}}`), "InvalidClaim"),
	one("20", "mark and claim taken at once", "a key of nobody's", "", merges(sharedKey, `{"metadata":{"labels":null,"annotations":null}}`), "BindNotAuthorized"),
	// attacks/04-secret-two-steps.sh
	{id: "E", name: "mark taken, then claim, then read", reason: "a Secret without a mark was never asked about",
		before: `{apiVersion: v1, kind: Secret, metadata: {name: mkey, namespace: shared-$HALF, labels: {domicile.dev/api-key: "true"}, $MERIDIAN}, stringData: {key: a}}`,
		steps: []step{
			{"", creates(`{apiVersion: v1, kind: Pod, metadata: {name: r0, namespace: shared-$HALF}, spec: {` + fmt.Sprintf(envFrom, "mkey") + `}}`), foreign},
			{"", merges(`{apiVersion: v1, kind: Secret, metadata: {name: mkey, namespace: shared-$HALF}}`, `{"metadata":{"labels":{"domicile.dev/api-key":null}}}`), "BindNotAuthorized"},
			{"", merges(`{apiVersion: v1, kind: Secret, metadata: {name: mkey, namespace: shared-$HALF}}`, `{"metadata":{"annotations":{"domicile.dev/tenant":null}}}`), "BindNotAuthorized"},
			{"", creates(`{apiVersion: v1, kind: Pod, metadata: {name: r1, namespace: shared-$HALF}, spec: {` + fmt.Sprintf(envFrom, "mkey") + `}}`), foreign},
		}},

	one("21", "env", "one key", "", reads(`containers: [{name: c, image: example.org/c:1, env: [{name: A, valueFrom: {secretKeyRef: {name: key, key: key}}}]}]`), foreign),
	one("21", "envFrom", "all keys", "", reads(fmt.Sprintf(envFrom, "key")), foreign),
	one("21", "volume", "the usual way", "", reads(`volumes: [{name: v, secret: {secretName: key}}], $CONTAINER`), foreign),
	one("21", "projected volume", "among others", "", reads(`volumes: [{name: v, projected: {sources: [{secret: {name: key}}]}}], $CONTAINER`), foreign),
	one("21", "CSI", "the driver reads it", "", reads(`volumes: [{name: v, csi: {driver: example.org, nodePublishSecretRef: {name: key}}}], $CONTAINER`), foreign),
	one("21", "pull secret", "a registry's key", "", reads(`imagePullSecrets: [{name: key}], $CONTAINER`), foreign),
	one("21", "init container", "it reads first", "", reads(`initContainers: [{name: i, image: example.org/c:1, envFrom: [{secretRef: {name: key}}]}], $CONTAINER`), foreign),
	one("21", "ephemeral container", "it comes later", "wanda", request{verb: "strategic", object: `{apiVersion: v1, kind: Pod, metadata: {name: debugged, namespace: shared-$HALF}}`,
		patch: `{"spec":{"ephemeralContainers":[{"name":"d","image":"example.org/d:1","envFrom":[{"secretRef":{"name":"key"}}]}]}}`, subresource: "ephemeralcontainers"}, foreign),
	one("21", "pulls of the account", "the ServiceAccount hands it over", "", reads(`serviceAccountName: puller, $CONTAINER`), foreign),
	one("21", "secrets of the account", "the ServiceAccount hands it over", "", reads(`serviceAccountName: mounter, $CONTAINER`), foreign),
	one("21", "template of a custom kind", "deep inside", "wanda", creates(`{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: new, namespace: shared-$HALF}, spec: {headGroupSpec: {template: {spec: {`+fmt.Sprintf(envFrom, "key")+`}}}}}`), foreign),
	one("21", "changes hands", "then somebody else reads it", "", merges(sharedKey, toHarbour), "BindNotAuthorized"),

	// attacks/12-mark-lookalikes.sh
	one("E", "mark in another case", "a gateway may not mind", "", creates(unmarked(`domicile.dev/api-key: "True"`)), never),
	one("E", "mark of Kong's", "a gateway reads it", "", creates(unmarked(`konghq.com/credential: key-auth`)), never),
	one("E", "mark of Authorino's", "a gateway reads it", "", creates(unmarked(`authorino.kuadrant.io/managed-by: authorino`)), never),
	one("E", "mark of nobody's", "whatever reads it", "", creates(unmarked(`x: "y"`)), never),

	one("23", "made by a controller", "what is made of an ExternalSecret is judged as any other", "system:serviceaccount:lantern-$HALF:default in system:serviceaccounts", creates(`{apiVersion: v1, kind: Secret, metadata: {name: new, namespace: lantern-$HALF, labels: {domicile.dev/api-key: "true"}}, immutable: true, stringData: {a: b}}`), never),
}
