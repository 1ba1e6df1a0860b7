// Package conditions evaluates match conditions of a webhook as the API server does,
// with the API server's own code.
package conditions

import (
	"context"
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/utils/ptr"
)

// Matcher has the compiled conditions of one webhook.
type Matcher struct{ matcher matchconditions.Matcher }

// Compile compiles conditions. What is wrong with them is told by Asks.
func Compile(conditions []admissionv1.MatchCondition) Matcher {
	expressions := make([]cel.ExpressionAccessor, len(conditions))
	for i, c := range conditions {
		expressions[i] = (*matchconditions.MatchCondition)(&c)
	}
	compiler := cel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	compiled := compiler.CompileCondition(expressions, cel.OptionalVariableDeclarations{HasAuthorizer: true}, environment.StoredExpressions)
	return Matcher{matchconditions.NewMatcher(compiled, ptr.To(admissionv1.Fail), "webhook", "validating", "test")}
}

// Asks says whether the API server would ask the webhook about a request. An error
// is one for which it would refuse the request.
func (m Matcher) Asks(ctx context.Context, request admission.Attributes) (bool, error) {
	versioned := &admission.VersionedAttributes{Attributes: request, VersionedKind: request.GetKind()}
	versioned.VersionedObject.Set(request.GetObject())
	versioned.VersionedOldObject.Set(request.GetOldObject())
	result := m.matcher.Match(ctx, versioned, nil, nil)
	if result.Error != nil {
		return false, fmt.Errorf("evaluate match conditions: %w", result.Error)
	}
	return result.Matches, nil
}
