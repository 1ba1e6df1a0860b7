package bypass

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/test/rig/actor"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// world is a cluster with Domicile in it.
type world struct {
	*cluster.Cluster
	manager   *cluster.Manager
	admin     *actor.Actor
	unguarded map[string][]error // what attacks were told with Domicile off
	neverOff  map[string]error   // what must never be blocked, likewise
	injected  map[string]error   // claims at every place, likewise
	actors    sync.Map           // by user
}

// half is one of two halves of the world that are alike: off is attacked before any
// manager runs, and on afterwards. It fills in texts.
type half func(string) string

func filler(name string) half {
	fill := strings.NewReplacer("$HALF", name,
		"$CONTAINER", "containers: [{name: c, image: example.org/c:1}]",
		"$TEMPLATE", "selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: example.org/c:1}]}}",
		"$JOB", "template: {spec: {restartPolicy: Never, containers: [{name: c, image: example.org/c:1}]}}",
		"$LANTERN", "annotations: {domicile.dev/tenant: lantern}",
		"$MERIDIAN", "annotations: {domicile.dev/tenant: meridian}")
	return fill.Replace
}

var on, off = filler("on"), filler("off")

func (h half) of(text string) string { return h(text) }

// values are beyond the defaults of the chart: the manager may read a kind of which only
// the policy knows.
var values = []string{
	"rbac.extraRules[0].apiGroups[0]=example.com",
	"rbac.extraRules[0].resources[0]=widgets",
	"rbac.extraRules[0].verbs[0]=get",
}

// declared is the world. Lantern is restricted, Meridian and Harbour are clear.
const declared = `
apiVersion: domicile.dev/v1alpha1
kind: TenantPolicy
metadata: {name: no-restricted-owners}
spec:
  jurisdictions: {blocked: [CN]}
  ownership: {threshold: "50", comparison: AtLeast}
  match:
    apiKeys: [GATEWAY_KEY]
    resources:
    - {apiGroups: [example.com], resources: [widgets]}
    - {apiGroups: [example.com], apiVersions: [v1], resources: [gizmos]}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: lantern-group}
spec: {displayName: Lantern Group, type: Company, identifiers: [{scheme: LEI, id: 00LANTERNKP000000032}], jurisdictions: {headquarters: CN}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: meridian-labs}
spec: {displayName: Meridian Labs, type: Company, jurisdictions: {headquarters: DE}}
---
apiVersion: domicile.dev/v1alpha1
kind: LegalEntity
metadata: {name: harbour-trading}
spec: {displayName: Harbour Trading, type: Company, jurisdictions: {headquarters: NZ}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: lantern}
spec: {parties: [{role: Customer, entity: {name: lantern-group}}], namespaces: {names: [shared-on, shared-off]}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: meridian}
spec: {parties: [{role: Customer, entity: {name: meridian-labs}}], namespaces: {names: [shared-on, shared-off]}}
---
apiVersion: domicile.dev/v1alpha1
kind: Tenant
metadata: {name: harbour}
spec: {parties: [{role: Customer, entity: {name: harbour-trading}}], namespaces: {names: [shared-on, shared-off]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: writes-namespaces}
rules:
- {apiGroups: [""], resources: [namespaces, namespaces/status, namespaces/finalize], verbs: [get, create, update, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: writes-namespaces}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: writes-namespaces}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: nora}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: writes-cluster-kinds}
rules:
- {apiGroups: [serving.kserve.io, trainer.kubeflow.org], resources: ["*"], verbs: ["*"]}
- {apiGroups: [domicile.dev], resources: [tenants], verbs: [get, create, update, patch, delete]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: writes-cluster-kinds}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: writes-cluster-kinds}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: carl}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: claims-harbour}
rules: [{apiGroups: [domicile.dev], resources: [tenants], resourceNames: [harbour], verbs: [claim]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: claims-harbour}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: claims-harbour}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: harry}]
`

// declaredTwice is there in each half. tina may edit, wanda may do everything, and so may
// a ServiceAccount of each namespace, but none of them may bind. harry may edit and claim
// Harbour.
const declaredTwice = `
apiVersion: v1
kind: Namespace
metadata: {name: $NAME-$HALF, $BOUND}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: wild, namespace: $NAME-$HALF}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wild, namespace: $NAME-$HALF}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wild}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: wanda}
- {kind: ServiceAccount, name: default, namespace: $NAME-$HALF}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit, namespace: $NAME-$HALF}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: tina}
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: harry}
`

// declare makes the world while nobody is asked.
func (w *world) declare(ctx context.Context) error {
	list := actor.Objects(declared)
	for _, half := range []half{off, on} {
		for name, bound := range map[string]string{"shared": "", "lantern": "$LANTERN", "meridian": "$MERIDIAN", "harbour": says("harbour"), "nobody": ""} {
			list = append(list, actor.Objects(half.of(strings.NewReplacer("$NAME", name, "$BOUND", bound).Replace(declaredTwice)))...)
		}
		for _, a := range attacks {
			if a.before != "" {
				list = append(list, actor.Objects(half.of(a.before))...)
			}
		}
		list = append(list, actor.Objects(half.of(neverBefore))...)
	}
	if err := w.admin.Declare(ctx, list...); err != nil {
		return fmt.Errorf("declare the world: %w", err)
	}
	for _, half := range []half{off, on} {
		if err := w.dies(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

// dies deletes what is to be dying, which a finalizer keeps.
func (w *world) dies(ctx context.Context, half half) error {
	for _, o := range actor.Objects(half.of(dying)) {
		if err := w.admin.Delete(ctx, o); err != nil {
			return fmt.Errorf("delete %s: %w", o.GetName(), err)
		}
	}
	return nil
}

// as is a user, by impersonation. After a colon come the user's groups.
func (w *world) as(user string) (*actor.Actor, error) {
	if user == "" {
		user = "tina"
	}
	if a, ok := w.actors.Load(user); ok {
		return a.(*actor.Actor), nil
	}
	name, groups, _ := strings.Cut(user, " in ")
	list := []string{"system:authenticated"}
	if groups != "" {
		list = append(list, strings.Split(groups, ",")...)
	}
	config := w.Config()
	config.Impersonate = rest.ImpersonationConfig{UserName: name, Groups: list}
	a, err := actor.New(config)
	if err == nil {
		w.actors.Store(user, a)
	}
	return a, err
}

// customResources are the real definitions, reduced, and for other kinds that Domicile
// knows some that take everything.
func customResources() ([]*unstructured.Unstructured, error) {
	files, err := filepath.Glob("testdata/crds/*.yaml")
	if err != nil || len(files) == 0 {
		return nil, errors.Join(errors.New("there are no definitions"), err)
	}
	reduced := map[string]bool{}
	var list []*unstructured.Unstructured
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		o := object(string(text))
		reduced[o.GetName()] = true
		list = append(list, o)
	}
	for _, k := range kinds.Workloads() {
		builtin := !strings.Contains(k.Group, ".") || strings.HasSuffix(k.Group, ".k8s.io")
		if !builtin && !reduced[k.Resource+"."+k.Group] {
			list = append(list, definition(k, k.Version))
		}
	}
	list = append(list,
		definition(kinds.Kind{Group: "example.com", Resource: "widgets", Kind: "Widget", Scale: true}, "v1"),
		definition(kinds.Kind{Group: "example.com", Resource: "gizmos", Kind: "Gizmo"}, "v1", "v1beta1"))
	return append(list, actor.Objects(found)...), nil
}

// found are definitions that nobody names, of which the schema tells that Pods come of
// them.
const found = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foundries.example.net}
spec:
  group: example.net
  scope: Namespaced
  names: {kind: Foundry, plural: foundries, singular: foundry}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              replicas: {type: integer}
              hearths:
                type: array
                items:
                  type: object
                  properties:
                    podAnnotations: {type: object, additionalProperties: {type: string}}
                    containers:
                      type: array
                      items: {type: object, properties: {image: {type: string}, command: {type: array, items: {type: string}}}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: anvils.example.net}
spec:
  group: example.net
  scope: Namespaced
  names: {kind: Anvil, plural: anvils, singular: anvil}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {image: {type: string}, replicas: {type: integer}}}}}}`

// definition takes everything, in some versions.
func definition(k kinds.Kind, versions ...string) *unstructured.Unstructured {
	scope := map[bool]string{true: "Cluster", false: "Namespaced"}[k.ClusterScoped]
	subresources := "{}"
	if k.Scale {
		subresources = "{scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}"
	}
	var served strings.Builder
	for i, v := range versions {
		if v == "" {
			v = "v1"
		}
		fmt.Fprintf(&served, "\n  - {name: %s, served: true, storage: %t, subresources: %s, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}", v, i == 0, subresources)
	}
	return object(fmt.Sprintf(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[1]s.%[2]s, annotations: {api-approved.kubernetes.io: unapproved}}
spec:
  group: %[2]s
  scope: %[3]s
  names: {kind: %[4]s, plural: %[1]s, singular: %[5]s}
  versions:%[6]s
`, k.Resource, k.Group, scope, k.Kind, strings.ToLower(k.Kind), served.String()))
}
