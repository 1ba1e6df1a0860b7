package translate

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Policy compiles a TenantPolicy. With errors the policy is still returned,
// with Invalid set, so that it is never silently left out: what could not be
// read of its scope selects everything. Defaults are those of the API server,
// so that a manifest that never was there means the same.
func Policy(p *v1alpha1.TenantPolicy) *CompiledPolicy {
	c := policyCompiler{policy: &residency.Policy{Name: p.Name}}
	spec, path := withDefaults(p.Spec), field.NewPath("spec")
	c.jurisdictions(spec.Jurisdictions, path.Child("jurisdictions"))
	c.ownership(spec.Ownership, path.Child("ownership"))
	c.roles(spec.Roles, path.Child("roles"))
	c.tenantSelector(spec.TenantSelector, path.Child("tenantSelector"))
	c.match(spec.Match, path.Child("match"))
	c.enforcement(spec, path.Child("enforcement"))
	c.policy.Scope = scopeOf(spec.Match, spec.TenantSelector)
	if len(c.errs) > 0 {
		c.policy.Invalid = cut.Text(c.errs.ToAggregate().Error(), maxInvalid)
	}
	return &CompiledPolicy{
		Origin: originOf("TenantPolicy", &p.ObjectMeta, p.Spec, PolicyReport(&p.Status), c.errs),
		Spec:   p.Spec, Policy: c.policy,
	}
}

// maxInvalid bounds what a refusal says about an invalid policy, in bytes.
const maxInvalid = 512

type policyCompiler struct {
	policy *residency.Policy
	errs   field.ErrorList
}

func (c *policyCompiler) refuse(errs ...*field.Error) {
	for _, err := range errs {
		if err != nil {
			c.errs = append(c.errs, err)
		}
	}
}

var bases = names[v1alpha1.Basis, residency.Basis]{
	v1alpha1.BasisHeadquarters:  residency.Headquarters,
	v1alpha1.BasisIncorporation: residency.Incorporation,
	v1alpha1.BasisNationality:   residency.Nationality,
	v1alpha1.BasisResidence:     residency.Residence,
}

func (c *policyCompiler) jurisdictions(rule v1alpha1.JurisdictionRule, path *field.Path) {
	if len(rule.Blocked) == 0 && len(rule.Supported) == 0 {
		c.refuse(field.Required(path, "at least one of blocked and supported must be set"))
	}
	blockedAt := map[jurisdiction.Code]*field.Path{}
	var blocked, supported []jurisdiction.Code
	for i, text := range rule.Blocked {
		at := path.Child("blocked").Index(i)
		if code, ok := c.code(text, at); ok {
			blocked = append(blocked, code)
			blockedAt[code] = at
		}
	}
	for i, text := range rule.Supported {
		at := path.Child("supported").Index(i)
		code, ok := c.code(text, at)
		if !ok {
			continue
		}
		if other, both := blockedAt[code]; both {
			c.refuse(field.Invalid(at, text, string(code)+" is also blocked, by "+other.String()+": remove one of the two"))
			continue
		}
		supported = append(supported, code)
	}
	set, err := jurisdiction.NewSet(blocked, supported)
	if err != nil {
		c.refuse(field.Invalid(path, "", err.Error()))
	}
	c.policy.Jurisdictions = set
	for i, name := range rule.Basis {
		basis, err := bases.find(name, path.Child("basis").Index(i))
		c.refuse(err)
		if err == nil {
			c.policy.Bases[basis] = true
		}
	}
}

func (c *policyCompiler) code(text v1alpha1.JurisdictionCode, path *field.Path) (jurisdiction.Code, bool) {
	code, err := jurisdiction.Parse(string(text))
	if err != nil {
		c.refuse(field.Invalid(path, text, err.Error()))
	}
	return code, err == nil
}

var roles = names[v1alpha1.Role, residency.Role]{
	v1alpha1.RoleCustomer: residency.Customer,
	v1alpha1.RoleReseller: residency.Reseller,
	v1alpha1.RoleEndUser:  residency.EndUser,
	v1alpha1.RolePayer:    residency.Payer,
}

func (c *policyCompiler) roles(list []v1alpha1.Role, path *field.Path) {
	for i, name := range list {
		role, err := roles.find(name, path.Index(i))
		c.refuse(err)
		if err == nil {
			c.policy.Roles[role] = true
		}
	}
}

func (c *policyCompiler) tenantSelector(s *metav1.LabelSelector, path *field.Path) {
	selector, errs := compileSelector(s, path)
	c.refuse(errs...)
	if selector != nil {
		c.policy.SelectsTenant = func(l map[string]string) bool { return selector.Matches(labels.Set(l)) }
	}
}

// compileSelector returns nil for a selector that is not there or not valid.
func compileSelector(s *metav1.LabelSelector, path *field.Path) (labels.Selector, field.ErrorList) {
	if s == nil {
		return nil, nil
	}
	if errs := metav1validation.ValidateLabelSelector(s, metav1validation.LabelSelectorValidationOptions{}, path); len(errs) > 0 {
		return nil, errs
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return nil, field.ErrorList{field.Invalid(path, s, err.Error())}
	}
	return selector, nil
}

var actions = names[v1alpha1.Action, residency.Action]{
	v1alpha1.ActionDeny:  residency.Deny,
	v1alpha1.ActionWarn:  residency.Warn,
	v1alpha1.ActionAudit: residency.Audit,
	v1alpha1.ActionAllow: residency.Allow,
}

func (c *policyCompiler) enforcement(spec v1alpha1.TenantPolicySpec, path *field.Path) {
	e := spec.Enforcement
	action := func(name v1alpha1.Action, child string) residency.Action {
		a, err := actions.find(name, path.Child(child))
		c.refuse(err)
		return a
	}
	c.policy.Restricted = action(e.Restricted, "restricted")
	c.policy.Indeterminate = action(e.Indeterminate, "indeterminate")
	c.policy.Unidentified = action(e.Unidentified, "unidentified")
	c.policy.UnidentifiedInTenantNamespaces = action(e.UnidentifiedInTenantNamespaces, "unidentifiedInTenantNamespaces")
	c.policy.UnidentifiedRequests = action(e.UnidentifiedRequests, "unidentifiedRequests")
	c.policy.TenantNotFound = action(e.TenantNotFound, "tenantNotFound")
	c.existing(e, path)
	if e.Unidentified == v1alpha1.ActionDeny && (spec.Match == nil || spec.Match.NamespaceSelector == nil) {
		c.refuse(field.Invalid(path.Child("unidentified"), e.Unidentified,
			"would stop every system pod of the cluster: say where with spec.match.namespaceSelector"))
	}
	switch {
	case e.EffectiveFrom != nil:
		c.policy.EffectiveFrom = e.EffectiveFrom.Time
		c.policy.BeforeEffective = action(e.BeforeEffective, "beforeEffective")
	case e.BeforeEffective != "":
		c.refuse(field.Invalid(path.Child("beforeEffective"), e.BeforeEffective, "needs effectiveFrom"))
	}
}

// existing compiles what is done with what already runs.
func (c *policyCompiler) existing(e v1alpha1.Enforcement, path *field.Path) {
	switch e.Existing {
	case v1alpha1.ExistingReport:
		if e.MaxSuspendedTenants != 0 {
			c.refuse(field.Invalid(path.Child("maxSuspendedTenants"), e.MaxSuspendedTenants, "needs existing: Suspend"))
		}
	case v1alpha1.ExistingSuspend:
		c.policy.Suspends, c.policy.MaxSuspended = true, int(e.MaxSuspendedTenants)
		if e.MaxSuspendedTenants < 0 {
			c.refuse(field.Invalid(path.Child("maxSuspendedTenants"), e.MaxSuspendedTenants, "must not be negative"))
		}
		if e.Restricted != v1alpha1.ActionDeny {
			c.refuse(field.Invalid(path.Child("existing"), e.Existing, "needs restricted: Deny, or what is suspended could be created again"))
		}
	default:
		c.refuse(field.NotSupported(path.Child("existing"), e.Existing,
			[]v1alpha1.ExistingAction{v1alpha1.ExistingReport, v1alpha1.ExistingSuspend}))
	}
}
