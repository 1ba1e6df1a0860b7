package translate

import (
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation"
)

func TestSecretReferencesAreFoundInEveryShape(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, manifest string
		want             []string
	}{
		"env": {
			"of a container", `{spec: {containers: [{env: [{valueFrom: {secretKeyRef: {name: key, key: k}}}]}]}}`,
			[]string{"spec.containers[0].env[0].valueFrom.secretKeyRef.name=key"},
		},
		"envFrom": {
			"of an init container", `{spec: {initContainers: [{envFrom: [{secretRef: {name: key}}]}]}}`,
			[]string{"spec.initContainers[0].envFrom[0].secretRef.name=key"},
		},
		"ephemeral": {
			"a debugger reads too", `{spec: {ephemeralContainers: [{envFrom: [{secretRef: {name: key}}]}]}}`,
			[]string{"spec.ephemeralContainers[0].envFrom[0].secretRef.name=key"},
		},
		"volume": {
			"the usual way", `{spec: {volumes: [{secret: {secretName: key}}]}}`,
			[]string{"spec.volumes[0].secret.secretName=key"},
		},
		"projected": {
			"the name has another name here", `{spec: {volumes: [{projected: {sources: [{configMap: {name: no}}, {secret: {name: key}}]}}]}}`,
			[]string{"spec.volumes[0].projected.sources[1].secret.name=key"},
		},
		"csi": {
			"the driver reads it for the pod", `{spec: {volumes: [{csi: {nodePublishSecretRef: {name: key}}}]}}`,
			[]string{"spec.volumes[0].csi.nodePublishSecretRef.name=key"},
		},
		"csi of a volume": {
			"may name a namespace", `{spec: {csi: {nodeStageSecretRef: {name: key, namespace: other}}}}`,
			[]string{"spec.csi.nodeStageSecretRef.name=other/key"},
		},
		"azure file": {
			"a plain string", `{spec: {volumes: [{azureFile: {secretName: key}}]}}`,
			[]string{"spec.volumes[0].azureFile.secretName=key"},
		},
		"pull secrets": {
			"a registry's key", `{spec: {imagePullSecrets: [{name: key}]}}`,
			[]string{"spec.imagePullSecrets[0].name=key"},
		},
		"custom resource": {
			"templates of kinds that nobody here has heard of", `{spec: {groups: [{template: {spec: {containers: [{env: [{valueFrom: {secretKeyRef: {name: key}}}]}]}}}], apiKeySecretRef: {name: other}, tlsSecretName: third}}`,
			[]string{
				"spec.apiKeySecretRef.name=other",
				"spec.groups[0].template.spec.containers[0].env[0].valueFrom.secretKeyRef.name=key",
				"spec.tlsSecretName=third",
			},
		},
		"twice": {
			"one lookup", `{spec: {volumes: [{secret: {secretName: key}}], imagePullSecrets: [{name: key}]}}`,
			[]string{"spec.imagePullSecrets[0].name=key"},
		},
		"no name that can exist": {
			"nothing to look up, and nothing to put into a URL", `{spec: {volumes: [{secret: {secretName: "../../x"}}, {secret: {secretName: ""}}, {secret: {secretName: 7}}]}}`,
			nil,
		},
		"a Secret": {
			"has data, not references", `{apiVersion: v1, kind: Secret, data: {secretName: key}}`,
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range Object(objectFrom(t, tc.manifest)).Secrets {
				ref := s.Name
				if s.Namespace != "" {
					ref = s.Namespace + "/" + s.Name
				}
				got = append(got, s.Path+"="+ref)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestServiceAccountsAreFoundInEveryShape(t *testing.T) {
	got := Read(objectFrom(t, `
spec:
  serviceAccountName: a
  serviceAccount: a
  head: {template: {spec: {serviceAccountName: b}}}
  runner: {serviceAccount: {name: c, create: false}}
`)).ServiceAccounts
	want := []ServiceAccountReference{
		{Name: "b", Path: "spec.head.template.spec.serviceAccountName"},
		{Name: "c", Path: "spec.runner.serviceAccount"},
		{Name: "a", Path: "spec.serviceAccount"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatAServiceAccountLetsAWorkloadUse(t *testing.T) {
	account := ReadServiceAccount(objectFrom(t, `
metadata: {annotations: {domicile.dev/tenant: lantern-sg}}
secrets: [{name: token}, {name: "Not A Name"}]
imagePullSecrets: [{name: pull}]
`))
	sort.Strings(account.Secrets)
	if diff := cmp.Diff([]string{"pull", "token"}, account.Secrets); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if len(account.Claims.Tenants) != 1 || account.Claims.Tenants[0].Tenant != "lantern-sg" {
		t.Errorf("claims: %v", account.Claims)
	}
}

// TestNamesAreThoseOfKubernetes compares every short text, and some long ones.
func TestNamesAreThoseOfKubernetes(t *testing.T) {
	texts := []string{""}
	for at := 0; at < len(texts); at++ {
		if len(texts[at]) < 4 {
			for _, c := range "az09-.A_/\x00é" {
				texts = append(texts, texts[at]+string(c))
			}
		}
	}
	for _, length := range []int{63, 64, 253, 254} {
		texts = append(texts, strings.Repeat("a", length))
	}
	for _, text := range texts {
		if want := len(validation.IsDNS1123Subdomain(text)) == 0; isName(text) != want {
			t.Errorf("%q is a name: %t, want %t", text, !want, want)
		}
	}
}
