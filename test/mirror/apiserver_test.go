package mirror

import (
	"slices"
	"testing"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/domicile-dev/domicile/internal/mirror"
)

// enforced are policies as the API server compiles them.
type enforced []enforcedPolicy

type enforcedPolicy struct {
	spec      *admissionregv1.ValidatingAdmissionPolicySpec
	validator validating.Validator
}

// compiled are policies by hash: to compile one takes a tenth of a second.
var compiled = map[string]validating.Validator{}

// enforce compiles a mirror as the API server does.
func enforce(t testing.TB, m mirror.Mirror) enforced {
	t.Helper()
	var all enforced
	for i, hash := range m.Hashes {
		spec := &m.Policies[i].Spec
		if compiled[hash] == nil {
			compiled[hash] = compile(t, spec)
		}
		all = append(all, enforcedPolicy{spec, compiled[hash]})
	}
	return all
}

func compile(t testing.TB, spec *admissionregv1.ValidatingAdmissionPolicySpec) validating.Validator {
	t.Helper()
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		t.Fatal(err)
	}
	with := cel.OptionalVariableDeclarations{HasAuthorizer: true}
	for _, v := range spec.Variables {
		if result := compiler.CompileAndStoreVariable(&validating.Variable{Name: v.Name, Expression: v.Expression}, with, environment.NewExpressions); result.Error != nil {
			t.Fatalf("variable %s: %v\n%s", v.Name, result.Error, v.Expression)
		}
	}
	var conditions, validations, messages []cel.ExpressionAccessor
	for i := range spec.MatchConditions {
		conditions = append(conditions, (*matchconditions.MatchCondition)(&spec.MatchConditions[i]))
	}
	for _, v := range spec.Validations {
		validations = append(validations, &validating.ValidationCondition{Expression: v.Expression, Message: v.Message, Reason: v.Reason})
		if v.MessageExpression == "" {
			messages = append(messages, nil)
			continue
		}
		messages = append(messages, &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression})
	}
	matcher := matchconditions.NewMatcher(compiler.CompileCondition(conditions, with, environment.NewExpressions), spec.FailurePolicy, "policy", "validate", mirror.Name)
	return validating.NewValidator(compiler.CompileCondition(validations, with, environment.NewExpressions), matcher,
		compiler.CompileCondition(nil, with, environment.NewExpressions),
		compiler.CompileCondition(messages, cel.OptionalVariableDeclarations{}, environment.NewExpressions), spec.FailurePolicy, nil)
}

// request is one about which the API server asks.
type request struct {
	operation        admission.Operation
	resource         schema.GroupVersionResource
	subresource      string
	kind             schema.GroupVersionKind
	namespace        *corev1.Namespace // nil for cluster-scoped objects
	name             string
	object, old      map[string]any
	user             string
	evaluationErrors []string // of what the mirror could not evaluate
}

func (r *request) attributes() admission.Attributes {
	namespace := ""
	if r.namespace != nil {
		namespace = r.namespace.Name
	}
	return admission.NewAttributesRecord(objectOf(r.object), objectOf(r.old), r.kind, namespace, r.name, r.resource, r.subresource, r.operation, nil, false, &user.DefaultInfo{Name: r.user})
}

func objectOf(raw map[string]any) runtime.Object {
	if raw == nil {
		return nil
	}
	return &unstructured.Unstructured{Object: runtime.DeepCopyJSON(raw)}
}

// refuses says what the mirror refuses a request with; "" if it does not.
func (e enforced) refuses(t testing.TB, r *request) string {
	t.Helper()
	attributes := r.attributes()
	for _, p := range e {
		if !matches(p.spec.MatchConstraints, attributes) {
			continue
		}
		versioned := &admission.VersionedAttributes{
			Attributes: attributes, VersionedObject: admission.NewLazyObject(attributes.GetObject()), VersionedOldObject: admission.NewLazyObject(attributes.GetOldObject()), VersionedKind: r.kind,
		}
		result := p.validator.Validate(t.Context(), r.resource, versioned, nil, r.namespace, celconfig.RuntimeCELCostBudget, nil)
		for _, d := range result.Decisions {
			if d.Evaluation == validating.EvalError {
				r.evaluationErrors = append(r.evaluationErrors, d.Message)
			}
			if d.Action == validating.ActionDeny {
				if d.Reason != metav1.StatusReasonForbidden {
					t.Errorf("reason %q", d.Reason)
				}
				return d.Message
			}
		}
	}
	return ""
}

func matches(m *admissionregv1.MatchResources, a admission.Attributes) bool {
	return slices.ContainsFunc(m.ResourceRules, func(r admissionregv1.NamedRuleWithOperations) bool {
		matcher := rules.Matcher{Rule: r.RuleWithOperations, Attr: a}
		return matcher.Matches() && (len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, a.GetName()))
	})
}
