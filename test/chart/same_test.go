package chart

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	kindCRD    = "CustomResourceDefinition"
	keepPolicy = "helm.sh/resource-policy"
)

// `kubectl apply -k config/default` and the chart with its default values are
// two ways to one result.
func TestKustomizeBuildsWhatTheChartRenders(t *testing.T) {
	want := objects(t, render(t))
	got := objects(t, mustRun(t, nil, "kustomize", "build", root+"/config/default"))

	system := id{"Namespace", "", namespace}
	if got[system] == nil {
		t.Errorf("config/default has no %v", system)
	}
	delete(got, system) // Helm makes it with --create-namespace

	for key, object := range want {
		// Who applied it, and Helm's own annotation.
		dropLabels(object.Object, "helm.sh/chart", "app.kubernetes.io/managed-by")
		if key.kind == kindCRD {
			// The definitions are config/crd as it is.
			dropLabels(object.Object, "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version")
			unstructured.RemoveNestedField(object.Object, "metadata", "annotations", keepPolicy)
		}
	}
	for key := range got {
		if want[key] == nil {
			t.Errorf("%v is not in the chart", key)
		}
	}
	for key, object := range want {
		if got[key] == nil {
			t.Errorf("%v is in the chart only", key)
		} else if diff := cmp.Diff(object.Object, got[key].Object); diff != "" {
			t.Errorf("%v: run `make generate` (-chart +kustomize):\n%s", key, diff)
		}
	}
}

func TestDefinitionsAreKeptByChoice(t *testing.T) {
	rows := []struct {
		name   string
		args   []string
		want   int
		policy string
		reason string
	}{
		{"by default", nil, 6, "keep", "an uninstall must not delete every policy and tenant by accident"},
		{"not kept", []string{"--set", "crds.keep=false"}, 6, "", "a trial cleans up after itself"},
		{"with reports", []string{"--set", "reports.installCRDs=true"}, 8, "keep", "nobody else brings the kinds of reports"},
		{"older reports", []string{"--set", "reports.installCRDs=true,reports.api=wgpolicyk8s.io"}, 6, "keep", "older dashboards bring theirs along"},
		{"not installed", []string{"--set", "crds.install=false"}, 0, "", "some install definitions by other means"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			found := 0
			for key, object := range objects(t, render(t, row.args...)) {
				if key.kind != kindCRD {
					continue
				}
				found++
				if got := object.GetAnnotations()[keepPolicy]; got != row.policy {
					t.Errorf("%s: %s is %q, want %q: %s", key.name, keepPolicy, got, row.policy, row.reason)
				}
			}
			if found != row.want {
				t.Errorf("%d definitions, want %d: %s", found, row.want, row.reason)
			}
		})
	}
}

// An upgrade replaces what the chart says. It must say nothing about data.
func TestCertificateSecretIsRenderedWithoutData(t *testing.T) {
	secret := objects(t, render(t))[id{"Secret", namespace, "domicile-webhook-cert"}]
	if secret == nil {
		t.Fatal("no Secret")
	}
	for _, key := range []string{"data", "stringData", "immutable"} {
		if _, ok := secret.Object[key]; ok {
			t.Errorf("the Secret has %s: an upgrade would overwrite the certificate", key)
		}
	}
	for key := range maps.Keys(objects(t, render(t, "--set", "certificates.source=cert-manager"))) {
		if key.kind == "Secret" {
			t.Errorf("%v beside the one that cert-manager makes", key)
		}
	}
}
