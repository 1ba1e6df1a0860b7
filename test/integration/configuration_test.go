package integration

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/suite"
)

// configuration is the webhooks as the API server has them.
func (w *world) configuration(ctx context.Context) ([]map[string]any, error) {
	o := configurationObject()
	if err := w.admin.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
		return nil, err
	}
	hooks, _, err := unstructured.NestedSlice(o.Object, "webhooks")
	list := make([]map[string]any, 0, len(hooks))
	for _, hook := range hooks {
		list = append(list, hook.(map[string]any))
	}
	return list, err
}

func configurationObject() *unstructured.Unstructured {
	return object(`{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: domicile}}`)
}

// rules calls back for each rule of each webhook.
func rules(hooks []map[string]any, see func(hook string, operations, groups, resources []string)) {
	for _, hook := range hooks {
		list, _, _ := unstructured.NestedSlice(hook, "rules")
		for _, r := range list {
			rule := r.(map[string]any)
			operations, _, _ := unstructured.NestedStringSlice(rule, "operations")
			groups, _, _ := unstructured.NestedStringSlice(rule, "apiGroups")
			resources, _, _ := unstructured.NestedStringSlice(rule, "resources")
			see(fmt.Sprint(hook["name"]), operations, groups, resources)
		}
	}
}

func TestTheWebhookIsAskedNoMoreThanItMust(t *testing.T) {
	w := theWorld(t)
	hooks, err := w.configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	always := map[string]bool{} // without conditions
	for _, hook := range hooks {
		conditions, _ := hook["matchConditions"].([]any)
		always[fmt.Sprint(hook["name"])] = len(conditions) == 0
		if hook["failurePolicy"] != "Fail" {
			t.Errorf("%v: failurePolicy %v", hook["name"], hook["failurePolicy"])
		}
		if seconds, ok := hook["timeoutSeconds"].(int64); !ok || seconds > 5 {
			t.Errorf("%v: timeoutSeconds %v", hook["name"], hook["timeoutSeconds"])
		}
	}
	rules(hooks, func(hook string, operations, groups, resources []string) {
		if always[hook] && !slices.Equal(operations, []string{"CREATE"}) {
			t.Errorf("%s: asks about updates that change nothing", hook)
		}
		for _, never := range []string{"DELETE", "CONNECT", "*"} {
			unbinds := never == "DELETE" && slices.Equal(resources, []string{"tenants"}) // only of those that bind namespaces
			if slices.Contains(operations, never) && !unbinds {
				t.Errorf("%s asks about %s", hook, never)
			}
		}
		for _, never := range []string{"*", "*/*", "pods/*", "pods/binding", "bindings", "*/status", "nodes/status", "pods/eviction", "nodes", "leases", "events"} {
			if slices.Contains(resources, never) {
				t.Errorf("%s asks about %s", hook, never)
			}
		}
		if slices.Contains(groups, "*") {
			t.Errorf("%s asks about every group", hook)
		}
	})
}

func TestTheConfigurationFollowsThePolicies(t *testing.T) {
	w := theWorld(t)
	asks := func(ctx context.Context) (bool, error) {
		hooks, err := w.configuration(ctx)
		found := false
		rules(hooks, func(_ string, _, _, resources []string) { found = found || slices.Contains(resources, "doodads") })
		return found, err
	}
	p := object("%s", policy("doodads", "LY", `match: {resources: [{apiGroups: [example.com], resources: [doodads]}]}`))
	if err := w.admin.Create(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "a rule for what the policy names", asks)
	if err := w.admin.Delete(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	suite.Eventually(t, patience, "no such rule without the policy", func(ctx context.Context) (bool, error) {
		found, err := asks(ctx)
		return !found && err == nil, err
	})
}

func TestEditsOfTheConfigurationArePutBack(t *testing.T) {
	w := theWorld(t)
	t.Cleanup(func() { w.seesConfigurations(t) })
	before, err := w.configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]string{
		"ignores failures": `[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]`,
		"asks nothing":     `[{"op":"remove","path":"/webhooks/0"}]`,
		"looks away":       `[{"op":"replace","path":"/webhooks/0/namespaceSelector","value":{"matchLabels":{"a":"b"}}}]`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.admin.Patch(t.Context(), configurationObject(), client.RawPatch(types.JSONPatchType, []byte(edit))); err != nil {
				t.Fatal(err)
			}
			suite.Eventually(t, patience, "the configuration as it was", func(ctx context.Context) (bool, error) {
				now, err := w.configuration(ctx)
				return fmt.Sprint(now) == fmt.Sprint(before), err
			})
		})
	}
	t.Run("deleted", func(t *testing.T) {
		old := configurationObject()
		if err := w.admin.Get(t.Context(), client.ObjectKeyFromObject(old), old); err != nil {
			t.Fatal(err)
		}
		if err := w.admin.Delete(t.Context(), configurationObject()); err != nil {
			t.Fatal(err)
		}
		suite.Eventually(t, patience, "another configuration in its place", func(ctx context.Context) (bool, error) {
			now := configurationObject()
			err := w.admin.Get(ctx, client.ObjectKeyFromObject(now), now)
			return err == nil && now.GetUID() != old.GetUID(), err
		})
		w.seesConfigurations(t)
		wantRefused(t, "as before", w.admin.Create(t.Context(), pod("lantern", "a", ""), client.DryRunAll), "RestrictedOwner")
	})
}

// seesConfigurations waits until the API server works with the webhook
// configurations that are stored now. It learns them in the order of their
// changes, some time after they were stored, so it knows all earlier ones when
// it obeys one that is made here.
func (w *world) seesConfigurations(t *testing.T) {
	t.Helper()
	const last = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: last-seen}
webhooks:
- name: last-seen.example.com
  clientConfig: {url: "https://127.0.0.1:1/"}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: unbound}}
  sideEffects: None
  admissionReviewVersions: [v1]
`
	configuration := object("%s", last)
	if err := w.admin.Create(context.Background(), configuration); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.admin.Delete(context.Background(), configuration); err != nil {
			t.Error(err)
		}
	}()
	suite.Eventually(t, patience, "the API server to obey the last configuration", func(ctx context.Context) (bool, error) {
		probe := object("{apiVersion: v1, kind: ConfigMap, metadata: {name: last-seen, namespace: unbound}}")
		err := w.admin.Create(ctx, probe, client.DryRunAll)
		return err != nil && strings.Contains(err.Error(), "last-seen.example.com"), err
	})
}

func TestTheStatusOfATenantDecidesNothing(t *testing.T) {
	w := theWorld(t)
	tenant := object(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: lantern-sg}}`)
	patch := merge(`{"metadata":{"labels":{"a":"b"}},"status":{"verdicts":[{"policy":"no-kp","verdict":"Clear","reason":"NoRestrictedOwner","since":"2026-01-01T00:00:00Z"}]}}`)
	if err := w.admin.Status().Patch(t.Context(), tenant, patch); err != nil {
		t.Fatal(err)
	}
	if labels := tenant.GetLabels(); labels["a"] != "" {
		t.Errorf("the status subresource writes labels: %v", labels)
	}
	wantRefused(t, "still restricted", w.admin.Create(t.Context(), pod("lantern", "a", ""), client.DryRunAll), "RestrictedOwner")
}
