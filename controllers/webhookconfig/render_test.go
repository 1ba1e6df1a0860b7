package webhookconfig

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

var update = flag.Bool("update", false, "write testdata anew")

var testOptions = Options{
	Namespace: "domicile-system", Service: "domicile-webhook", Port: 443, Timeout: 5 * time.Second, Bundle: []byte("CA\n"),
	Paths: Paths{Workloads: "/admit", TenantPolicies: "/policies", Tenants: "/tenants", LegalEntities: "/entities", OwnershipRegisters: "/registers", TenantExemptions: "/exemptions", AccessPoints: "/points"},
}

// What is found is asked about unless every policy leaves it out; what is in no namespace
// never stands in anybody's way.
func TestWhatIsFoundIsAskedAbout(t *testing.T) {
	t.Parallel()
	o := testOptions
	o.Found = kinds.FoundOf([]kinds.Kind{
		{Group: "example.org", Resource: "farms", Scale: true}, {Group: "example.org", Resource: "networks", ClusterScoped: true},
	})
	without := func(resources ...string) v1alpha1.TenantPolicy {
		return sample.Policy("without", &v1alpha1.Match{ExcludeResources: []v1alpha1.ExcludedResources{{APIGroups: []string{"example.org"}, Resources: resources}}})
	}
	for _, tc := range []struct {
		reason   string
		policies []v1alpha1.TenantPolicy
		want     string
	}{
		{"the first policy works for what is applied with it", nil, "workloads farms Ignore;workload-changes farms Ignore;subresources farms/scale Ignore;clusterwide networks Ignore;"},
		{"covered by default", []v1alpha1.TenantPolicy{sample.Policy("plain", nil)}, "workloads farms Fail;workload-changes farms Fail;subresources farms/scale Fail;clusterwide networks Ignore;"},
		{"one policy leaves it out, another does not", []v1alpha1.TenantPolicy{without("farms"), sample.Policy("plain", nil)}, "workloads farms Fail;workload-changes farms Fail;subresources farms/scale Fail;clusterwide networks Ignore;"},
		{"all policies leave one out", []v1alpha1.TenantPolicy{without("farms")}, "clusterwide networks Ignore;"},
		{"all policies leave everything out", []v1alpha1.TenantPolicy{without("farms", "networks")}, ""},
	} {
		got := ""
		hooks := Render(tc.policies, o)
		for _, hook := range hooks {
			name, _, _ := strings.Cut(hook.Name, ".")
			for _, rule := range hook.Rules {
				if slices.Equal(rule.APIGroups, []string{"example.org"}) {
					got += fmt.Sprintf("%s %s %s;", name, strings.Join(rule.Resources, ","), *hook.FailurePolicy)
				}
			}
		}
		if got != tc.want {
			t.Errorf("%s: asks about %q, want %q", tc.reason, got, tc.want)
		}
		live := &admissionv1.ValidatingWebhookConfiguration{Webhooks: Render(tc.policies, testOptions)}
		for i := range tc.policies {
			if o.Covers(live, &tc.policies[i]) != !strings.Contains(tc.want, "o") {
				t.Errorf("%s: what is not asked about yet seems to be", tc.reason)
			}
		}
	}
}

func TestRenderWritesExactlyTheseConfigurations(t *testing.T) {
	for _, tc := range []struct {
		name, reason string
		policies     []v1alpha1.TenantPolicy
	}{
		{"none", "the first policy works for what is applied with it, and until then an outage stops nobody", nil},
		{"plain", "a policy without match needs everything that is covered by default", []v1alpha1.TenantPolicy{sample.Policy("a", nil)}},
		{"narrow", "what all policies leave out need not be asked about; labels are not looked at on subresources", []v1alpha1.TenantPolicy{
			sample.Policy("a", &v1alpha1.Match{NamespaceSelector: sample.Labelled("tier", "paid"), ObjectSelector: sample.Labelled("billed", "yes")}),
			sample.Policy("b", &v1alpha1.Match{NamespaceSelector: sample.Labelled("tier", "paid"), ObjectSelector: sample.Labelled("billed", "yes")}),
		}},
		{"wide", "extra resources and API keys add up, and one policy without a selector removes the filter", []v1alpha1.TenantPolicy{
			sample.Policy("a", &v1alpha1.Match{
				NamespaceSelector: sample.Labelled("tier", "paid"),
				APIKeys:           []string{"OPENAI_API_KEY", "token", "label:konghq.com/credential"},
				Resources: []v1alpha1.ResourceRule{
					{APIGroups: []string{"example.com"}, APIVersions: []string{"v1", "v1beta1"}, Resources: []string{"widgets", "gadgets/launch"}},
				},
			}),
			sample.Policy("b", &v1alpha1.Match{
				APIKeys:   []string{"token", "api-key", "annotation:example.com/kind=key"},
				Resources: []v1alpha1.ResourceRule{{APIGroups: []string{"acme.example"}, Resources: []string{"engines"}}},
			}),
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := yaml.Marshal(Render(tc.policies, testOptions))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "webhooks-"+tc.name+".golden.yaml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRenderDoesNotDependOnTheOrderOfPolicies(t *testing.T) {
	policies := []v1alpha1.TenantPolicy{
		sample.Policy("a", &v1alpha1.Match{APIKeys: []string{"b", "a"}, Resources: []v1alpha1.ResourceRule{{APIGroups: []string{"x.example"}, Resources: []string{"b", "a"}}}}),
		sample.Policy("b", &v1alpha1.Match{APIKeys: []string{"c"}, Resources: []v1alpha1.ResourceRule{{APIGroups: []string{"a.example"}, Resources: []string{"c"}}}}),
	}
	want := Render(policies, testOptions)
	slices.Reverse(policies)
	if diff := cmp.Diff(want, Render(policies, testOptions)); diff != "" {
		t.Errorf("(-one order +the other):\n%s", diff)
	}
}

// asked says whether the API server would send a request to any of the webhooks,
// as far as rules go.
func asked(hooks []admissionv1.ValidatingWebhook, op admissionv1.OperationType, group, version, resource string) bool {
	_, sub, _ := strings.Cut(resource, "/")
	return slices.ContainsFunc(hooks, func(w admissionv1.ValidatingWebhook) bool {
		return slices.ContainsFunc(w.Rules, func(r admissionv1.RuleWithOperations) bool {
			has := func(list []string, v string) bool { return slices.Contains(list, "*") || slices.Contains(list, v) }
			return slices.Contains(r.Operations, op) && has(r.APIGroups, group) && has(r.APIVersions, version) &&
				(slices.Contains(r.Resources, resource) || (sub != "" && slices.Contains(r.Resources, "*/"+sub)))
		})
	})
}

func TestRenderedRulesAskAboutEveryWayToGrow(t *testing.T) {
	hooks := Render([]v1alpha1.TenantPolicy{sample.Policy("a", nil)}, testOptions)
	for _, tc := range []struct {
		op                       admissionv1.OperationType
		group, version, resource string
		want                     bool
		reason                   string
	}{
		{admissionv1.Create, "", "v1", "pods", true, "the workload itself"},
		{admissionv1.Update, "", "v1", "pods/ephemeralcontainers", true, "a rule for pods does not match it (CVE-2023-2727)"},
		{admissionv1.Update, "", "v1", "pods/resize", true, "a pod grows in place"},
		{admissionv1.Create, "", "v1", "pods/binding", false, "would stop all scheduling"},
		{admissionv1.Update, "", "v1", "pods/status", true, "annotations are written through it"},
		{admissionv1.Create, "", "v1", "pods/eviction", false, "shrinking always works"},
		{admissionv1.Delete, "", "v1", "pods", false, "shrinking always works"},
		{admissionv1.Update, "apps", "v1", "deployments/scale", true, "the HPA's way"},
		{admissionv1.Update, "apps", "v1", "statefulsets/scale", true, "the HPA's way"},
		{admissionv1.Update, "apps", "v1", "replicasets/scale", true, "the HPA's way"},
		{admissionv1.Update, "", "v1", "replicationcontrollers/scale", true, "the HPA's way"},
		{admissionv1.Update, "apps", "v1", "daemonsets/status", true, "annotations are written through it"},
		{admissionv1.Update, "apps", "v1", "deployments/status", true, "annotations are written through it"},
		{admissionv1.Update, "apps", "v1", "replicasets/status", true, "annotations are written through it"},
		{admissionv1.Update, "apps", "v1", "statefulsets/status", true, "annotations are written through it"},
		{admissionv1.Update, "batch", "v1", "cronjobs/status", true, "annotations are written through it"},
		{admissionv1.Update, "batch", "v1", "jobs/status", true, "annotations are written through it"},
		{admissionv1.Update, "", "v1", "replicationcontrollers/status", true, "annotations are written through it"},
		{admissionv1.Update, "ray.io", "v1", "rayclusters/status", false, "no annotation is written through that of a custom resource"},
		{admissionv1.Update, "", "v1", "namespaces", true, "the claim that binds all others"},
		{admissionv1.Update, "", "v1", "namespaces/status", true, "metadata is written through it (CVE-2026-30963)"},
		{admissionv1.Update, "", "v1", "namespaces/finalize", true, "metadata is written through it (CVE-2026-55636)"},
		{admissionv1.Delete, "", "v1", "namespaces", false, "shrinking always works"},
		{admissionv1.Update, "", "v1", "namespace/finalize", false, "there is no such resource"},
		{admissionv1.Create, "", "v1", "secrets", true, "API keys"},
		{admissionv1.Update, "coordination.k8s.io", "v1", "leases", false, "the cluster stops without"},
		{admissionv1.Update, "", "v1", "nodes/status", false, "the cluster stops without"},
		{admissionv1.Update, v1alpha1.Group, "v1alpha1", "tenants", true, "our own kinds are validated"},
		{admissionv1.Delete, v1alpha1.Group, "v1alpha1", "tenants", true, "one that binds namespaces unbinds them"},
		{admissionv1.Delete, v1alpha1.Group, "v1alpha1", "legalentities", false, "nothing is bound by them"},
		{admissionv1.Update, v1alpha1.Group, "v1alpha1", "tenants/status", false, "the controllers write it"},
	} {
		if got := asked(hooks, tc.op, tc.group, tc.version, tc.resource); got != tc.want {
			t.Errorf("%s %s/%s: asked %t, want %t: %s", tc.op, tc.group, tc.resource, got, tc.want, tc.reason)
		}
	}
}

func TestASelectorThatCannotBeReadDoesNotReachTheConfiguration(t *testing.T) {
	bad := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tier", Operator: "Near"}}}
	hooks := Render([]v1alpha1.TenantPolicy{sample.Policy("a", &v1alpha1.Match{NamespaceSelector: bad, ObjectSelector: bad})}, testOptions)
	for _, w := range hooks {
		for _, s := range []*metav1.LabelSelector{w.NamespaceSelector, w.ObjectSelector} {
			if _, err := metav1.LabelSelectorAsSelector(s); err != nil {
				t.Errorf("%s: %v: the API server would refuse the whole configuration", w.Name, err)
			}
		}
	}
}

func TestCoversIsTrueOnlyIfEverythingThatAPolicyNeedsIsAskedFor(t *testing.T) {
	narrow := sample.Policy("narrow", &v1alpha1.Match{
		NamespaceSelector: sample.Labelled("tier", "paid"), APIKeys: []string{"token", "label:konghq.com/credential"},
		Resources: []v1alpha1.ResourceRule{{APIGroups: []string{"example.com"}, Resources: []string{"widgets"}}},
	})
	plain := sample.Policy("plain", nil)
	for _, tc := range []struct {
		name, reason string
		rendered     []v1alpha1.TenantPolicy
		change       func([]admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook
		policy       v1alpha1.TenantPolicy
		want         bool
	}{
		{"own", "the simple case", []v1alpha1.TenantPolicy{narrow}, nil, narrow, true},
		{"with others", "more than needed is enough", []v1alpha1.TenantPolicy{narrow, plain}, nil, narrow, true},
		{"before", "its resources are not asked for yet", []v1alpha1.TenantPolicy{plain}, nil, narrow, false},
		{"too narrow", "another policy's selector holds requests back", []v1alpha1.TenantPolicy{narrow}, nil, plain, false},
		{"no policy", "workloads are not asked for at all", nil, nil, plain, false},
		{"fails open", "a webhook that is ignored when it is down enforces nothing", []v1alpha1.TenantPolicy{plain},
			func(h []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
				ignore := admissionv1.Ignore
				h[0].FailurePolicy = &ignore
				return h
			}, plain, false},
		{"another condition", "conditions hold requests back", []v1alpha1.TenantPolicy{plain},
			func(h []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
				h[1].MatchConditions = []admissionv1.MatchCondition{{Name: "never", Expression: "false"}}
				return h
			}, plain, false},
		{"one more condition", "conditions hold requests back", []v1alpha1.TenantPolicy{plain},
			func(h []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
				h[1].MatchConditions = append(h[1].MatchConditions, admissionv1.MatchCondition{Name: "never", Expression: "false"})
				return h
			}, plain, false},
		{"a condition where there is none", "what is new always counts", []v1alpha1.TenantPolicy{plain},
			func(h []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
				h[0].MatchConditions = h[1].MatchConditions
				return h
			}, plain, false},
		{"without conditions", "more than needed is enough", []v1alpha1.TenantPolicy{plain},
			func(h []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
				h[1].MatchConditions = nil
				return h
			}, plain, true},
		{"a rule is gone", "one kind of workload gets past", []v1alpha1.TenantPolicy{plain},
			func(h []admissionv1.ValidatingWebhook) []admissionv1.ValidatingWebhook {
				h[0].Rules = h[0].Rules[1:]
				return h
			}, plain, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hooks := Render(tc.rendered, testOptions)
			if tc.change != nil {
				hooks = tc.change(hooks)
			}
			live := &admissionv1.ValidatingWebhookConfiguration{Webhooks: hooks}
			if got := testOptions.Covers(live, &tc.policy); got != tc.want {
				t.Errorf("covers = %t, want %t: %s", got, tc.want, tc.reason)
			}
		})
	}
}

func TestExcludedNamespacesAreNeverAskedAbout(t *testing.T) {
	o := testOptions
	o.ExcludedNamespaces, o.Guarded = []string{"plumbing"}, []string{"lantern"}
	policies := []v1alpha1.TenantPolicy{sample.Policy("a", nil)}
	asked := 0
	for _, w := range Render(policies, o) {
		namespaced := slices.ContainsFunc(w.Rules, func(r admissionv1.RuleWithOperations) bool { return !slices.Contains(r.APIGroups, v1alpha1.Group) })
		if !namespaced || w.Name == entryClusterwide {
			continue // these are in no namespace
		}
		asked++
		first := w.NamespaceSelector.MatchExpressions[0]
		if first.Key != nameLabel || first.Operator != metav1.LabelSelectorOpNotIn || !slices.Contains(first.Values, "plumbing") || !slices.Contains(first.Values, "kube-system") {
			t.Errorf("%s asks about it: %v", w.Name, w.NamespaceSelector)
		}
	}
	if want := 7; asked != want {
		t.Errorf("%d entries ask about what is in namespaces, want %d", asked, want)
	}
	live := &admissionv1.ValidatingWebhookConfiguration{Webhooks: Render(policies, o)}
	if !o.Covers(live, &policies[0]) {
		t.Error("it covers no policy")
	}
}
