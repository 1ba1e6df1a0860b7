package mirror

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

const (
	// Name is the name of the policy and of its binding; further ones have a number.
	Name = "domicile-mirror"
	// Most is how many policies there may be: what has no room in them is left to the
	// webhook.
	Most = 4
	// budget is how many bytes of names one policy has. The API server takes 1.5 MB of
	// an object.
	budget = 1_200_000

	probeGroup, probeResource = "coordination.k8s.io", "leases"
)

// Options say for which installation it is.
type Options struct {
	// Namespace is the manager's own.
	Namespace string
	// ExcludedNamespaces are never asked about, like that one.
	ExcludedNamespaces []string
	// Suffix ends the names of policies and bindings; "" is none.
	Suffix string
}

// Names are the names that its policies and bindings may have.
func Names() []string {
	names := []string{Name}
	for i := 2; i <= Most; i++ {
		names = append(names, Name+"-"+strconv.Itoa(i))
	}
	return names
}

// Probe is the Lease of a policy that nobody can create: whoever tries is told which
// policy it is. Trying it as a dry run, in the manager's namespace, is how one finds out
// what an API server enforces.
func Probe(policy string) string { return policy + "-probe" }

// Mirror is what is written to the API server.
type Mirror struct {
	Policies []admissionv1.ValidatingAdmissionPolicy
	Bindings []admissionv1.ValidatingAdmissionPolicyBinding
	// Hashes identify the policies, in their order: a probe tells them.
	Hashes []string
	// Left is how many names have no room.
	Left int
}

// Render makes the mirror of a content. It depends on nothing but its arguments.
func (o Options) Render(c Content) Mirror {
	var m Mirror
	for i, shares := range c.shares() {
		if i >= Most {
			for _, s := range shares {
				m.Left += len(s.names) + len(s.bound)
			}
			continue
		}
		name := Names()[i] + o.Suffix
		spec, hash := o.spec(name, shares)
		m.Policies = append(m.Policies, admissionv1.ValidatingAdmissionPolicy{
			TypeMeta: typeMeta("ValidatingAdmissionPolicy"), ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: spec,
		})
		m.Bindings = append(m.Bindings, bindingOf(name))
		m.Hashes = append(m.Hashes, hash)
	}
	return m
}

// bindingOf puts a policy in force.
func bindingOf(policy string) admissionv1.ValidatingAdmissionPolicyBinding {
	return admissionv1.ValidatingAdmissionPolicyBinding{
		TypeMeta: typeMeta("ValidatingAdmissionPolicyBinding"), ObjectMeta: metav1.ObjectMeta{Name: policy},
		Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName: policy, ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny, admissionv1.Audit},
		},
	}
}

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: kind}
}

// share is what one policy has of a scope.
type share struct {
	scope        scope
	names, bound []string
}

// shares distributes names over policies. There is always one.
func (c Content) shares() [][]share {
	all, left := [][]share{nil}, budget
	for _, s := range c.scopes {
		names, bound := slices.Sorted(maps.Keys(s.names)), slices.Sorted(maps.Keys(s.bound))
		for len(names)+len(bound) > 0 {
			part := share{scope: s}
			part.bound, bound = cutAt(bound, &left)
			part.names, names = cutAt(names, &left)
			if len(part.names)+len(part.bound) > 0 {
				all[len(all)-1] = append(all[len(all)-1], part)
			}
			if len(names)+len(bound) > 0 {
				all, left = append(all, nil), budget
			}
		}
	}
	return all
}

// cutAt takes as many names as there is room for.
func cutAt(names []string, room *int) (taken, rest []string) {
	for i, name := range names {
		if *room -= len(name) + 2; *room < 0 {
			return names[:i], names[i:]
		}
	}
	return names, nil
}

// spec is the spec of one policy, and what identifies it.
func (o Options) spec(name string, shares []share) (admissionv1.ValidatingAdmissionPolicySpec, string) {
	spec := admissionv1.ValidatingAdmissionPolicySpec{
		FailurePolicy:    ptr.To(admissionv1.Ignore),
		MatchConstraints: constraints(name, shares),
		MatchConditions:  o.conditions(name),
	}
	if len(shares) > 0 {
		spec.Variables = facts()
	}
	named := slices.ContainsFunc(shares, func(s share) bool { return len(s.scope.resources) > 0 })
	if named {
		spec.Variables = append(spec.Variables, admissionv1.Variable{Name: "builtin", Expression: builtin()})
	}
	for i, s := range shares {
		variables, validation := s.render(i, named)
		spec.Variables = append(spec.Variables, variables...)
		spec.Validations = append(spec.Validations, validation)
	}
	hash := hashOf(spec)
	probe := admissionv1.Validation{
		Expression: "!(" + isProbe(name) + ")", Reason: ptr.To(metav1.StatusReasonForbidden),
		Message: "The mirror is " + hash + ".",
	}
	spec.Validations = slices.Insert(spec.Validations, 0, probe)
	return spec, hash
}

// hashOf identifies a spec.
func hashOf(spec admissionv1.ValidatingAdmissionPolicySpec) string {
	hash := sha256.New()
	// These are values of the API's types, which JSON can write, to a hash, which takes
	// everything.
	_ = json.NewEncoder(hash).Encode(spec) //nolint:errchkjson // as said
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// render says what one scope refuses, as the number i of a policy.
func (s share) render(i int, named bool) ([]admissionv1.Variable, admissionv1.Validation) {
	var variables []admissionv1.Variable
	add := func(name, expression string) string {
		variables = append(variables, admissionv1.Variable{Name: name, Expression: expression})
		return "variables." + name
	}
	where := slices.Clone(s.scope.where)
	if named {
		where = append(where, s.scope.isCovered())
	}
	for j, condition := range s.scope.conditions {
		where = append(where, add(fmt.Sprintf("condition_%d_%d", i, j), condition))
	}
	where = append(where, "!variables.secret || "+isAPIKey)
	within := add(fmt.Sprintf("within_%d", i), and(where...))

	text := func(kind string, x index) func(int) string {
		var lists []string
		for texts := range slices.Chunk(x.texts, textsEach) {
			lists = append(lists, add(fmt.Sprintf("%s_%d_%d", kind, i, len(lists)), list(texts)))
		}
		return func(k int) string { return fmt.Sprintf("%s[%d]", lists[k/textsEach], k%textsEach) }
	}
	names, bound := indexOf(s.names), indexOf(s.bound)
	namesAt, boundAt := text("names", names), text("bound", bound)
	var none []string
	var found []choice
	for _, claims := range claimLists() {
		hits := add(fmt.Sprintf("%s_%d", claims, i), "variables."+claims+".filter(c, "+names.has("c", namesAt)+")")
		hit := hits + ".size() > 0"
		if claims == placeClaims {
			hit = "!(" + isResource("", "pods") + ") && " + hit // a Pod has no template
		}
		none = append(none, "!("+hit+")")
		found = append(found, choice{hit, "'tenant ' + string(" + hits + "[0]) + ' is refused; for more: kubectl domicile explain tenant/' + string(" + hits + "[0])"})
	}
	if len(s.bound) > 0 {
		none = append(none, "!(has(request.namespace) && !("+isResource("", "namespaces")+") && "+bound.has("request.namespace", boundAt)+")")
	}
	return variables, admissionv1.Validation{
		Expression: or(and(none...), "!"+within),
		Reason:     ptr.To(metav1.StatusReasonForbidden),
		Message:    "the namespace is bound to a tenant that is refused; for more: kubectl domicile explain",
		MessageExpression: "'TenantPolicies refuse this, as mirrored by Domicile: ' + (" +
			choose(found, "'namespace ' + request.namespace + ' is bound to a tenant that is refused'") + ")",
	}
}

// isAPIKey is true of those Secrets that are API keys whatever policies say.
const isAPIKey = "object.?type.orValue('') == '" + v1alpha1.APIKeySecretType + "' || " +
	"object.?metadata.?labels[?'" + v1alpha1.APIKeyLabel + "'].orValue('') == 'true'"

// isCovered says whether a resource is covered by the policies of a scope.
func (s *scope) isCovered() string {
	covered := []string{"variables.builtin"}
	for _, r := range s.resources {
		covered = append(covered, isResource(r.group, r.resource))
	}
	return or(covered...)
}

// builtin says whether every policy covers a resource.
func builtin() string {
	var all []string
	for _, rule := range rules() {
		for _, group := range rule.APIGroups {
			for _, name := range rule.Resources {
				all = append(all, group+"/"+name)
			}
		}
	}
	slices.Sort(all)
	return "variables.scale || request.resource.group + '/' + request.resource.resource in " + list(slices.Compact(all))
}

// isProbe tells the probe from all else.
func isProbe(policy string) string {
	return isResource(probeGroup, probeResource) + " && has(request.name) && request.name == " + quote(Probe(policy))
}

// conditions keep back what is none of the mirror's business: requests in namespaces
// that nobody asks about, what Kubernetes' own controllers make for what runs already,
// which may be a replacement, static Pods that a node shows, and what does not grow.
func (o Options) conditions(policy string) []admissionv1.MatchCondition {
	isControllers := "(request.userInfo.username == 'system:kube-controller-manager' || request.userInfo.username.startsWith('system:serviceaccount:kube-system:'))"
	replaces := "(" + isResource("", "pods") + " || " + isResource("apps", "replicasets") + ") && !has(request.subResource)"
	shown := isResource("", "pods") + " && request.userInfo.username.startsWith('system:node:')"
	return []admissionv1.MatchCondition{
		{Name: "namespace", Expression: "!has(request.namespace) || !(request.namespace in " + list(translate.UnaskedNamespaces(o.Namespace, o.ExcludedNamespaces...)) + ") || " + isProbe(policy)},
		{Name: "new", Expression: "!(" + replaces + " && " + isControllers + ") && !(" + shown + ")"},
		{Name: "grows", Expression: grows()},
	}
}
