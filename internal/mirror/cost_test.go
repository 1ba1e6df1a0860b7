package mirror

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/kube-openapi/pkg/validation/spec"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// looked remembers of which kinds somebody wanted the schema.
type looked struct{ kinds []schema.GroupVersionKind }

// ResolveSchema implements resolver.SchemaResolver.
func (l *looked) ResolveSchema(kind schema.GroupVersionKind) (*spec.Schema, error) {
	l.kinds = append(l.kinds, kind)
	return nil, resolver.ErrSchemaNotFound
}

// TestNobodyChecksTypes asks what kube-controller-manager asks when a policy is written.
func TestNobodyChecksTypes(t *testing.T) {
	t.Parallel()
	in := sample.World()
	in.Policies = append(in.Policies, sample.Policy("theirs", &v1alpha1.Match{Resources: []v1alpha1.ResourceRule{
		{APIGroups: []string{"a.example"}, Resources: []string{"engines"}},
	}}))
	m := options.Render(new(Reader).Read(snapshottest.Compile(in), sample.OnTenth))
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, kind := range []schema.GroupVersionKind{
		{Group: "", Version: "v1", Kind: "Pod"}, {Group: "", Version: "v1", Kind: "Namespace"}, {Group: "", Version: "v1", Kind: "Secret"},
		{Group: "apps", Version: "v1", Kind: "Deployment"}, {Group: "a.example", Version: "v1", Kind: "Engine"},
		{Group: probeGroup, Version: "v1", Kind: "Lease"},
	} {
		mapper.Add(kind, meta.RESTScopeRoot)
	}
	schemas := &looked{}
	checker := validating.TypeChecker{SchemaResolver: schemas, RestMapper: mapper}
	checker.CreateContext(&m.Policies[0])
	if len(schemas.kinds) > 0 {
		t.Errorf("kube-controller-manager would compile each expression for %v each time somebody comes to be restricted", schemas.kinds)
	}
}
