package suspension

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/test/rig/suite"
)

// foundry is of a kind that nobody knew when Domicile was installed. It may be read.
const foundry = `
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
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {image: {type: string}, replicas: {type: integer}}}}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reads-foundries, labels: {` + kinds.ReaderLabel + `: "true"}}
rules: [{apiGroups: [example.net], resources: [foundries], verbs: [get, list]}]
`

// suspendFoundries is the right to suspend it.
const suspendFoundries = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: suspends-foundries, labels: {` + kinds.SuspenderLabel + `: "true"}}
rules: [{apiGroups: [example.net], resources: [foundries], verbs: [get, list, patch]}]
`

// makesAFoundry makes one for lantern.
func (s *story) makesAFoundry(t *testing.T) {
	t.Helper()
	s.apply(t, foundry)
	s.apply(t, `{apiVersion: example.net/v1, kind: Foundry, metadata: {name: a, namespace: lantern}, spec: {image: example.org/melt, replicas: 2}}`)
}

// theFoundryIsSuspended when somebody has given the right; until then it is told.
func (s *story) theFoundryIsSuspended(t *testing.T) {
	t.Helper()
	p := s.condition(t, v1alpha1.ReasonSuspensionIncomplete)
	want := kinds.GrantSuspension(kinds.Resource{Group: "example.net", Resource: "foundries"})
	if c := meta.FindStatusCondition(p.Status.Conditions, v1alpha1.ConditionSuspension); !strings.Contains(c.Message, want) {
		t.Errorf("the condition says %q, and not what to do: %s", c.Message, want)
	}
	s.theFoundryHas(t, 2)
	s.apply(t, suspendFoundries)
	s.theFoundryHas(t, 0)
	s.condition(t, v1alpha1.ReasonSuspensionComplete)
}

func (s *story) theFoundryHas(t *testing.T, replicas int64) {
	t.Helper()
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "example.net/v1", "kind": "Foundry"}}
	suite.Eventually(t, patience, fmt.Sprintf("%d replicas of the Foundry", replicas), func(ctx context.Context) (bool, error) {
		if err := s.admin.Get(ctx, client.ObjectKey{Namespace: "lantern", Name: "a"}, o); err != nil {
			return false, err
		}
		n, _, err := unstructured.NestedInt64(o.Object, "spec", "replicas")
		return err == nil && n == replicas, fmt.Errorf("it has %d: %w", n, err)
	})
}
