package schema

import (
	"context"
	"math"
	"slices"
	"strings"

	celgo "github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/environment"
)

// rules compiles the rules of a schema into one: that each of them is true. False
// if that cannot be done.
func (n *shape) rules(s *schema.Structural, declared *apiservercel.DeclType) bool {
	all := s.XValidations
	if slices.ContainsFunc(all, func(r apiextensionsv1.ValidationRule) bool { return r.OptionalOldSelf != nil }) {
		return false
	}
	program, transition, ok := compileRules(s, declared, all)
	if transition { // Those that are about updates alone are not asked.
		all = slices.DeleteFunc(slices.Clone(all), func(r apiextensionsv1.ValidationRule) bool {
			_, transition, _ := compileRules(s, declared, apiextensionsv1.ValidationRules{r})
			return transition
		})
		program, _, ok = compileRules(s, declared, all)
	}
	n.rule, n.ruled = program, program != nil
	return ok
}

func compileRules(s *schema.Structural, declared *apiservercel.DeclType, rules apiextensionsv1.ValidationRules) (program celgo.Program, transition, ok bool) {
	if len(rules) == 0 {
		return nil, false, true
	}
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = "(" + r.Rule + "\n)" // It may end in a comment.
	}
	joined := *s
	joined.XValidations = apiextensionsv1.ValidationRules{{Rule: strings.Join(texts, " && ")}}
	base := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	compiled, err := cel.Compile(&joined, declared, celconfig.PerCallLimit, base, cel.StoredExpressionsEnvLoader())
	if err != nil || compiled[0].Error != nil {
		return nil, false, false
	}
	return compiled[0].Program, compiled[0].UsesOldSelf, true
}

// obeys says that all rules about a value that fits are true, within what the
// API server would spend on them.
func (n *shape) obeys(ctx context.Context, value any, budget *int64) bool {
	if n == nil || !n.ruled {
		return n != nil
	}
	if n.rule == nil {
		return n.obeysBelow(ctx, value, budget)
	}
	var buffer [longestKey]byte
	key, short := n.appendKey(buffer[:0], value)
	if short {
		if cost, known := n.obeyed.cost(key); known {
			*budget -= cost
			return *budget > 0
		}
	}
	before := *budget
	if !n.obeysHere(ctx, value, budget) || !n.obeysBelow(ctx, value, budget) {
		return false
	}
	if short {
		n.obeyed.add(key, before-*budget)
	}
	return true
}

func (n *shape) obeysHere(ctx context.Context, value any, budget *int64) bool {
	result, details, err := n.rule.ContextEval(ctx, activation{common.UnstructuredToVal(value, n.schema)})
	if err != nil || result != types.True || details.ActualCost() == nil {
		return false
	}
	*budget -= int64(min(*details.ActualCost(), math.MaxInt64))
	return *budget > 0
}

func (n *shape) obeysBelow(ctx context.Context, value any, budget *int64) bool {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			if !n.property(name).obeys(ctx, field, budget) {
				return false
			}
		}
	case []any:
		for _, item := range value {
			if !n.items.obeys(ctx, item, budget) {
				return false
			}
		}
	}
	return true
}

// activation is what a rule is about.
type activation struct{ self ref.Val }

// ResolveName knows self, the only name in a rule about a new object.
func (a activation) ResolveName(name string) (any, bool) { return a.self, name == cel.ScopedVarName }

// Parent is nil.
func (a activation) Parent() interpreter.Activation { return nil }
