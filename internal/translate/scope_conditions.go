package translate

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Variables is what match conditions are evaluated over: whoever fills in
// residency.Object.Variables puts a *Variables there.
type Variables struct {
	// Object and OldObject are decoded JSON; nil is null. A Secret's values
	// must be gone from them (see RedactSecret).
	Object, OldObject map[string]any
	// Request is the request; its objects are not read. What nobody knows, such
	// as the user of a manifest in a file, may be left out: a condition that
	// asks for it fails, and the policy applies.
	Request *admissionv1.AdmissionRequest

	// Fill, if it is set, fills in all others once they are needed: most objects are
	// decided about without.
	Fill func(*Variables)
}

// filled are the variables with everything that Fill fills in; nil if there are none.
func (v *Variables) filled() *Variables {
	if v != nil && v.Fill != nil {
		v.Fill(v)
		v.Fill = nil
	}
	return v
}

const (
	maxExpression = 4096
	// maxCost bounds what one condition may cost, and budget what those of a
	// policy may cost together, in the API server's units. That is a tenth of
	// what the API server grants, because every request waits for it; it is
	// worth some 10,000 comparisons.
	maxCost = celconfig.PerCallLimit / 10
	budget  = 2 * maxCost
)

var conditionName = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)

// condition is a compiled match condition.
type condition struct {
	name    string
	program cel.Program
}

type conditions []condition

// compileConditions compiles match conditions. One that does not compile is
// left out, so that the policy covers more rather than less.
func compileConditions(list []v1alpha1.MatchCondition, path *field.Path) (conditions, field.ErrorList) {
	var out conditions
	var errs field.ErrorList
	seen := map[string]bool{}
	for i, c := range list {
		at := path.Index(i)
		if !conditionName.MatchString(c.Name) {
			errs = append(errs, field.Invalid(at.Child("name"), c.Name,
				"must be 1 to 63 letters, digits, hyphens, underscores and dots, and start and end with a letter or digit"))
		}
		if seen[c.Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), c.Name))
		}
		seen[c.Name] = true
		program, err := compileExpression(c.Expression)
		if err != nil {
			errs = append(errs, field.Invalid(at.Child("expression"), cut.Text(c.Expression, 256), err.Error()))
			continue
		}
		out = append(out, condition{name: c.Name, program: program})
	}
	return out, errs
}

func compileExpression(expression string) (cel.Program, error) {
	if expression == "" {
		return nil, errors.New("must be a CEL expression")
	}
	if len(expression) > maxExpression {
		return nil, fmt.Errorf("must be at most %d bytes", maxExpression)
	}
	env, err := conditionEnv()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(expression)
	if issues != nil && issues.Err() != nil {
		return nil, fmt.Errorf("does not compile: %s", cut.Text(issues.String(), 1024))
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, fmt.Errorf("must evaluate to bool but is %s", ast.OutputType())
	}
	cost, err := env.EstimateCost(ast, anySize{})
	if err != nil {
		return nil, fmt.Errorf("estimate the cost: %w", err)
	}
	if cost.Min > maxCost {
		return nil, fmt.Errorf("is too costly: at least %d of %d", cost.Min, uint64(maxCost))
	}
	program, err := env.Program(ast, cel.CostLimit(maxCost))
	if err != nil {
		return nil, fmt.Errorf("build the program: %w", err)
	}
	return program, nil
}

// hold reports whether all conditions are true. One that is false decides;
// otherwise an error is an error.
func (c conditions) hold(o *residency.Object) (bool, error) {
	if len(c) == 0 {
		return true, nil
	}
	vars, ok := o.Variables.(*Variables)
	if !ok {
		return false, errors.New("match conditions have nothing to be evaluated over")
	}
	activation := vars.activation()
	left := uint64(budget)
	var failed error
	for _, condition := range c {
		result, cost, err := condition.evaluate(activation)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("match condition %q: %w", condition.name, err))
		} else if !result {
			return false, nil
		}
		if cost > left {
			return false, errors.Join(failed, errors.New("match conditions are too costly together"))
		}
		left -= cost
	}
	return failed == nil, failed
}

func (c condition) evaluate(activation map[string]any) (result bool, cost uint64, err error) {
	value, details, err := c.program.Eval(activation)
	cost = math.MaxUint64
	if details != nil && details.ActualCost() != nil {
		cost = *details.ActualCost()
	}
	if err != nil {
		return false, cost, errors.New(cut.Text(err.Error(), 256))
	}
	boolean, ok := value.(types.Bool)
	if !ok {
		return false, cost, errors.New("not a bool")
	}
	return bool(boolean), cost, nil
}

// conditionEnv is the environment of match conditions: the libraries of the
// API server, and object, oldObject and request.
var conditionEnv = sync.OnceValues(func() (*cel.Env, error) {
	request := requestType()
	set, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Extend(
		environment.VersionedOptions{
			IntroducedVersion: version.MajorMinor(1, 0),
			EnvOptions: []cel.EnvOption{
				cel.Variable("object", cel.DynType),
				cel.Variable("oldObject", cel.DynType),
				cel.Variable("request", request.CelType()),
			},
			DeclTypes: []*apiservercel.DeclType{request},
		},
		environment.StrictCostOpt,
	)
	if err != nil {
		return nil, fmt.Errorf("build the CEL environment: %w", err)
	}
	return set.Env(environment.NewExpressions)
})
