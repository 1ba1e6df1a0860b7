package webhook

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// fromYAML reads a manifest into what a decoded review has.
func fromYAML(t testing.TB, manifest string) map[string]any {
	t.Helper()
	var raw map[string]any
	if err := yaml.Unmarshal([]byte(manifest), &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

const (
	shrinks = false
	growing = true
)

func TestWhatMakesASecretMore(t *testing.T) {
	for name, tc := range map[string]struct {
		reason   string
		old, new string
		want     bool
	}{
		"value changed": {"another key", `{data: {a: eA==}}`, `{data: {a: eQ==}}`, growing},
		"value added":   {"another key", `{data: {a: eA==}}`, `{data: {a: eA==, b: eA==}}`, growing},
		"value removed": {"may always shrink", `{data: {a: eA==, b: eA==}}`, `{data: {a: eA==}}`, shrinks},
		"in text":       {"the other way to write one", `{data: {a: eA==}}`, `{data: {a: eA==}, stringData: {a: y}}`, growing},
		"odd data":      {"what cannot be compared is growth", `{data: {a: eA==}}`, `{data: [1]}`, growing},
		"emptied":       {"what a TLS Secret cannot do without, held", `{type: kubernetes.io/tls, data: {tls.crt: eA==, tls.key: eA==}}`, `{type: kubernetes.io/tls, data: {tls.crt: "", tls.key: ""}}`, shrinks},
		"refilled":      {"a key again", `{type: kubernetes.io/tls, data: {tls.crt: "", tls.key: ""}}`, `{type: kubernetes.io/tls, data: {tls.crt: eA==, tls.key: eA==}}`, growing},
		"not emptied":   {"a placeholder of another type is a value", `{type: kubernetes.io/ssh-auth, data: {ssh-privatekey: eA==}}`, `{type: kubernetes.io/ssh-auth, data: {ssh-privatekey: e30=}}`, growing},
		"label":         {"metadata only", `{data: {a: eA==}}`, `{metadata: {labels: {x: y}}, data: {a: eA==}}`, shrinks},
		"frozen":        {"can no longer change", `{data: {a: eA==}}`, `{data: {a: eA==}, immutable: true}`, shrinks},
		"marked":        {"becomes an API key", `{data: {a: eA==}}`, `{metadata: {labels: {domicile.dev/api-key: "true"}}, data: {a: eA==}}`, growing},
		"unmarked":      {"is one for the last time, but no more of one", `{metadata: {labels: {domicile.dev/api-key: "true"}}, data: {a: eA==}}`, `{data: {a: eA==}}`, shrinks},
	} {
		t.Run(name, func(t *testing.T) {
			secret := func(rest string) string { return "{apiVersion: v1, kind: Secret, " + rest[1:] }
			r, err := decodeReview(reviewOf(t, secretsRes+"\noperation: UPDATE\noldObject: "+secret(tc.old)+"\nobject: "+secret(tc.new)))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.grows(r.oldObject.read().Object, r.object.read().Object); got != tc.want {
				t.Errorf("%s: got %v", tc.reason, got)
			}
		})
	}
}

func TestTakingTheMarkOffAnAPIKeyNeedsBind(t *testing.T) {
	secret := func(metadata, rest string) string {
		return "{apiVersion: v1, kind: Secret, metadata: {name: x" + metadata + "}" + rest + "}"
	}
	update := func(namespace, old, updated string) string {
		return secretsRes + "\nuserInfo: {username: ann}\noperation: UPDATE\nnamespace: " + namespace + "\noldObject: " + old + "\nobject: " + updated
	}
	const marked = `, labels: {domicile.dev/api-key: "true"}`
	claimed := ", " + claims("meridian")
	for name, tc := range map[string]struct {
		reason, request string
		binds           []string
		want            string
	}{
		"its mark":                      {"then its claim could go unseen", update("shared", secret(marked+claimed, ""), secret(claimed, "")), nil, "403 BindNotAuthorized"},
		"its mark, by right":            {"who may say whose it is", update("shared", secret(marked+claimed, ""), secret(claimed, "")), []string{"ann meridian"}, "allowed None"},
		"the mark of a tenant's":        {"its namespace says whose it is", update("meridian", secret(marked, ""), secret("", "")), nil, "403 BindNotAuthorized"},
		"the mark of nobody's":          {"nobody can miss it", update("shared", secret(marked, ""), secret("", "")), nil, "allowed None"},
		"the claim without a mark":      {"who reads it is compared with it all the same", update("shared", secret(claimed, ""), secret("", "")), nil, "403 BindNotAuthorized"},
		"another value without a mark":  {"no API key, and whose it is stays", update("shared", secret(claimed, ", data: {a: eA==}"), secret(claimed, ", data: {a: eQ==}")), nil, "allowed None"},
		"the label for the type's sake": {"the type says the same", update("shared", secret(marked+claimed, ", type: domicile.dev/api-key"), secret(claimed, ", type: domicile.dev/api-key")), nil, "allowed NoGrowth"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			for _, b := range tc.binds {
				c.mayBind(b)
			}
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestALabelByWhichAPolicyKnowsAPIKeysMakesOne(t *testing.T) {
	secret := func(metadata string) string {
		return "{apiVersion: v1, kind: Secret, metadata: {name: x" + metadata + "}, data: {a: eA==}}"
	}
	update := func(old, updated string) string {
		return secretsRes + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + secret(old) + "\nobject: " + secret(updated)
	}
	const kong = ", labels: {konghq.com/credential: key-auth}"
	for name, tc := range map[string]struct{ reason, request, want string }{
		"created":        {"a key of the gateway's", secretsRes + "\nnamespace: lantern\nobject: " + secret(kong), "403 RestrictedOwner"},
		"by annotation":  {"with the value", secretsRes + "\nnamespace: lantern\nobject: " + secret(", annotations: {example.com/kind: key}"), "403 RestrictedOwner"},
		"another value":  {"of another kind", secretsRes + "\nnamespace: plain\nobject: " + secret(", annotations: {example.com/kind: cache}"), "allowed None"},
		"made one later": {"a key from now on", update("", kong), "403 RestrictedOwner"},
		"another label":  {"metadata only", update(kong, kong[:len(kong)-1]+", a: b}"), "allowed NoGrowth"},
		"no more one":    {"less of a key", update(kong, ""), "allowed NoGrowth"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.holder.Store(makeSnapshot(t, []string{"metadata: {name: a}\nspec: {jurisdictions: {blocked: [KP]}, match: {apiKeys: [\"label:konghq.com/credential\", \"annotation:example.com/kind=key\"]}}"}, []string{lanternManifest}))
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestEverySecretInABoundNamespaceIsJudged(t *testing.T) {
	const token, helm = ", type: kubernetes.io/service-account-token", ", type: helm.sh/release.v1"
	const controller, tokens = "system:kube-controller-manager", "system:serviceaccount:kube-system:tokens-controller"
	const emptied = ", labels: {domicile.dev/suspended: 'true'}"
	secret := func(rest string) string {
		labels := ""
		if after, ok := strings.CutPrefix(rest, emptied); ok {
			labels, rest = emptied, after
		}
		return "{apiVersion: v1, kind: Secret, metadata: {name: x" + labels + "}" + rest + "}"
	}
	create := func(namespace, user, rest string) string {
		return secretsRes + "\nnamespace: " + namespace + "\nuserInfo: {username: '" + user + "'}\nobject: " + secret(rest)
	}
	update := func(user, old, updated string) string {
		return secretsRes + "\noperation: UPDATE\nnamespace: lantern\nuserInfo: {username: '" + user + "'}\noldObject: " + secret(old) + "\nobject: " + secret(updated)
	}
	for name, tc := range map[string]struct{ reason, request, want string }{
		"without a mark":       {"whoever makes it needs no mark to use it", create("lantern", "ann", ", data: {a: eA==}"), "403 RestrictedOwner"},
		"bound by the Tenant":  {"as by the annotation", create("lanterns", "ann", ", data: {a: eA==}"), "403 RestrictedOwner"},
		"of somebody clean":    {"nothing is found out", create("meridian", "ann", ", data: {a: eA==}"), "allowed"},
		"where nobody is":      {"only what is marked", create("shared", "ann", ", data: {a: eA==}"), "allowed None"},
		"an empty token":       {"Kubernetes fills it", create("lantern", "ann", token), "allowed None"},
		"filled by Kubernetes": {"it makes them for itself", update(controller, token, token+", data: {token: eA==, ca.crt: eA==}"), "allowed None"},
		"made by Kubernetes":   {"it makes them for itself", create("lantern", tokens, token+", data: {token: eA==}"), "allowed None"},
		"a token by hand":      {"nobody else writes tokens", create("lantern", "ann", token+", data: {token: eA==}"), "403 RestrictedOwner"},
		"filled by hand":       {"nobody else writes tokens", update("ann", token, token+", data: {token: eA==}"), "403 RestrictedOwner"},
		"more than a token":    {"the type alone makes no token", create("lantern", tokens, token+", data: {api-key: eA==}"), "403 RestrictedOwner"},
		"another value":        {"another key", update("ann", ", data: {a: eA==}", ", data: {a: eQ==}"), "403 RestrictedOwner"},
		"a value less":         {"shrinking always works", update("ann", ", data: {a: eA==}", ""), "allowed NoGrowth"},
		"emptied":              {"suspension leaves it where a key was", create("lantern", "ann", emptied), "allowed None"},
		"emptied and filled":   {"the mark says nothing of what is in it", create("lantern", "ann", emptied+", data: {a: eA==}"), "403 RestrictedOwner"},
		"filled as a string":   {"the API server makes data of it", create("lantern", "ann", emptied+", stringData: {a: x}"), "403 RestrictedOwner"},
		"filled later":         {"that makes it a key", update("ann", emptied, emptied+", data: {a: eA==}"), "403 RestrictedOwner"},
		"empty by itself":      {"suspension has marked what it has emptied", create("lantern", "ann", ""), "403 RestrictedOwner"},
		"emptied, with a mark": {"an API key says so by itself", create("lantern", "ann", emptied+", type: domicile.dev/api-key"), "403 RestrictedOwner"},
		"a release of Helm's":  {"what it installs is refused anyway", create("lantern", "ann", helm+", data: {release: eA==}"), "403 RestrictedOwner"},
		"uninstalled by Helm":  {"it deletes what it has made", secretsRes + "\noperation: DELETE\nnamespace: lantern\noldObject: " + secret(helm), "allowed Delete"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(newCluster(t).admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
