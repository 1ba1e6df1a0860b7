package webhook

import (
	"strings"
	"testing"
)

func TestClaimingNeedsTheRight(t *testing.T) {
	create := func(resource, namespace, object string) string {
		return resource + "\nnamespace: " + namespace + "\nuserInfo: {username: ann}\nobject: " + object
	}
	inTemplate := `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {metadata: {` + claims("meridian") + `}}}}`
	for name, tc := range map[string]struct {
		reason, request string
		rights          []string
		want            string
	}{
		"without":                {"whoever may create a pod may not say whose it is", create(podsOfCore, "shared", pod(claims("meridian"), "")), nil, "403 ClaimNotAuthorized"},
		"with claim":             {"has the right", create(podsOfCore, "shared", pod(claims("meridian"), "")), []string{"ann claim meridian"}, "allowed"},
		"with bind":              {"bind includes it", create(podsOfCore, "shared", pod(claims("meridian"), "")), []string{"ann bind meridian"}, "allowed"},
		"of another":             {"the right is on one tenant", create(podsOfCore, "shared", pod(claims("meridian"), "")), []string{"ann claim murky"}, "403 ClaimNotAuthorized"},
		"in a template":          {"what runs is what counts", create(deployments, "shared", inTemplate), nil, "403 ClaimNotAuthorized"},
		"in a template by right": {"has the right", create(deployments, "shared", inTemplate), []string{"ann claim meridian"}, "allowed"},
		"restricted by right":    {"the right does not make it clear", create(podsOfCore, "shared", pod(claims("lantern-sg"), "")), []string{"ann claim lantern-sg"}, "403 RestrictedOwner"},
		"restricted without":     {"every reason is told", create(podsOfCore, "shared", pod(claims("lantern-sg"), "")), nil, "403 ClaimNotAuthorized RestrictedOwner"},
		"where it is bound":      {"the namespace says whose it is", create(podsOfCore, "meridian", pod(claims("meridian"), "")), nil, "allowed"},
		"where a spec binds it":  {"the Tenant says whose it is", create(podsOfCore, "lanterns", pod(claims("lantern-sg"), "")), nil, "403 RestrictedOwner"},
		"nothing":                {"claims nothing", create(podsOfCore, "plain", pod("", "")), nil, "allowed"},
		"in no namespace": {
			"nothing is bound there", "resource: {group: serving.kserve.io, version: v1alpha1, resource: clusterservingruntimes}\nkind: {kind: ClusterServingRuntime}\nuserInfo: {username: ann}\nobject: {metadata: {" + claims("meridian") + "}}",
			nil, "403 ClaimNotAuthorized",
		},
		"update": {
			"it was claimed before", deployments + "\noperation: UPDATE\nnamespace: shared\nuserInfo: {username: ann}\noldObject: " + inTemplate +
				"\nobject: " + strings.Replace(inTemplate, "spec: {", "spec: {replicas: 3, ", 1), nil, "allowed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			for _, right := range tc.rights {
				c.rights[right] = true
			}
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestWhoMayNotClaimIsToldWhatItTakes(t *testing.T) {
	got := newCluster(t).admitted(t, podsOfCore+"\nnamespace: shared\nuserInfo: {username: \"ann\\u202e\"}\nobject: "+pod(claims("meridian"), ""))
	want := `claiming tenant meridian in namespace shared, which is not bound to it, needs the verb claim or bind on it, which "ann\u202e" does not have`
	if got.Allowed || got.Result.Message != want {
		t.Errorf("got %+v", got.Result)
	}
}
