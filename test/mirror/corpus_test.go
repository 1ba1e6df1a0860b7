package mirror

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apiserver/pkg/admission"

	"github.com/domicile-dev/domicile/internal/mirror"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/decisions"
)

var options = mirror.Options{Namespace: "domicile-system", ExcludedNamespaces: []string{"plumbing"}}

// TestTheMirrorRefusesNothingOfTheCorpusThatIsAdmitted also counts what it refuses of
// what has to be: those that claim a restricted tenant where the mirror looks.
func TestTheMirrorRefusesNothingOfTheCorpusThatIsAdmitted(t *testing.T) {
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	refused, denied := 0, 0
	for _, c := range cases {
		in, err := c.Read()
		if err != nil {
			t.Fatal(err)
		}
		content := new(mirror.Reader).Read(snapshottest.Compile(in.World()), c.At)
		if len(content.Policies) == 0 {
			continue
		}
		e := enforce(t, options.Render(content))
		namespaces := map[string]*corev1.Namespace{}
		for _, ns := range in.Namespaces {
			namespaces[ns.GetName()] = namespaceOf(ns.GetName(), ns.GetLabels(), ns.GetAnnotations())
		}
		for i := range in.Objects {
			r := created(&in.Objects[i], namespaces)
			said := e.refuses(t, r)
			if !c.Expected[i].Allowed {
				denied++
			}
			if said == "" {
				continue
			}
			refused++
			if c.Expected[i].Allowed {
				t.Errorf("%s: %s is admitted, but the mirror says: %s", c.Name, in.Objects[i].GetName(), said)
			}
		}
	}
	t.Logf("the mirror refuses %d of %d that are denied", refused, denied)
	if refused < denied/3 {
		t.Errorf("the mirror refuses %d of %d that are denied: it should know more", refused, denied)
	}
}

func created(object *unstructured.Unstructured, namespaces map[string]*corev1.Namespace) *request {
	r := &request{
		operation: admission.Create, kind: object.GroupVersionKind(), name: object.GetName(), user: "somebody",
		resource: translate.ResourceOf(object.GroupVersionKind()), object: object.Object,
	}
	if r.resource.Resource == "pods" && len(object.GetOwnerReferences()) > 0 {
		r.user = "system:serviceaccount:kube-system:replicaset-controller" // nobody else makes Pods with an owner there
	}
	if name := object.GetNamespace(); name != "" {
		if r.namespace = namespaces[name]; r.namespace == nil {
			r.namespace = namespaceOf(name, nil, nil)
		}
	}
	return r
}

func namespaceOf(name string, labels, annotations map[string]string) *corev1.Namespace {
	all := map[string]string{}
	for k, v := range labels {
		all[k] = v
	}
	all[corev1.LabelMetadataName] = name
	ns := &corev1.Namespace{}
	ns.Name, ns.Labels, ns.Annotations = name, all, annotations
	return ns
}
