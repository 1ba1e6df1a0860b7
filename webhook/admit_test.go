package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// reviewOf makes the body of an AdmissionReview from a request in YAML. What
// every request has is filled in.
func reviewOf(t testing.TB, manifest string) []byte {
	t.Helper()
	req := map[string]any{}
	if err := yaml.Unmarshal([]byte(manifest), &req); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]any{"uid": "u", "operation": "CREATE", "name": "x"} {
		if _, ok := req[key]; !ok {
			req[key] = value
		}
	}
	body, err := yaml.Marshal(map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": req})
	if err != nil {
		t.Fatal(err)
	}
	body, err = yaml.YAMLToJSON(body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// admitted runs a request in YAML up to its answer.
func (c *cluster) admitted(t testing.TB, manifest string) *admissionv1.AdmissionResponse {
	t.Helper()
	req, err := decodeReview(reviewOf(t, manifest))
	if err != nil {
		t.Fatal(err)
	}
	h := c.handler(t)
	return answered(req, h.admitSafely(context.Background(), req), h.dependencies.tell())
}

// said is what an answer says in one line: the code, the reasons and whether
// there are warnings.
func said(r *admissionv1.AdmissionResponse) string {
	var words []string
	if r.Allowed {
		words = append(words, "allowed")
		if r.AuditAnnotations[auditVerdict] == none {
			words = append(words, r.AuditAnnotations[auditReason])
		}
	} else {
		words = append(words, fmt.Sprint(r.Result.Code))
		if r.Result.Details != nil {
			for _, cause := range r.Result.Details.Causes {
				words = append(words, string(cause.Type))
			}
		}
	}
	if len(r.Warnings) > 0 {
		words = append(words, "warned")
	}
	return strings.Join(words, " ")
}

const (
	deployments = `resource: {group: apps, version: v1, resource: deployments}`
	podsOfCore  = `resource: {group: "", version: v1, resource: pods}`
	namespaces  = `resource: {group: "", version: v1, resource: namespaces}`
	secretsRes  = `resource: {group: "", version: v1, resource: secrets}`
)

// pod makes a Pod with annotations, labels or spec, in flow style.
func pod(metadata, spec string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: x, %s}, spec: {%s}}`, metadata, spec)
}

func claims(tenant string) string {
	return fmt.Sprintf(`annotations: {domicile.dev/tenant: %q}`, tenant)
}

func TestCreating(t *testing.T) {
	for name, tc := range map[string]struct {
		reason, request, want string
	}{
		"restricted by its claim":      {"the plain case", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("lantern-sg"), ""), "403 RestrictedOwner"},
		"restricted by its namespace":  {"the namespace binds everything in it", podsOfCore + "\nnamespace: lantern\nobject: " + pod("", ""), "403 RestrictedOwner"},
		"clear by its claim":           {"the plain case", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("meridian"), ""), "allowed"},
		"clear by its namespace":       {"the plain case", podsOfCore + "\nnamespace: meridian\nobject: " + pod("", ""), "allowed"},
		"unidentified":                 {"nothing says whose it is", podsOfCore + "\nnamespace: plain\nobject: " + pod("", ""), "allowed"},
		"unidentified among tenants":   {"it has to say whose it is", podsOfCore + "\nnamespace: shared\nobject: " + pod("", ""), "403 NoTenant"},
		"bound by a tenant's spec":     {"as if its annotation said so", podsOfCore + "\nnamespace: lanterns\nobject: " + pod("", ""), "403 RestrictedOwner"},
		"unknown party":                {"not knowing is an answer of its own", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("murky"), ""), "allowed warned"},
		"another tenant's namespace":   {"a clean name does not help, and all reasons are told", podsOfCore + "\nnamespace: lantern\nobject: " + pod(claims("meridian"), ""), "403 TenantMismatch RestrictedOwner"},
		"not admitted there":           {"spec.namespaces does not name it", podsOfCore + "\nnamespace: private\nobject: " + pod(claims("meridian"), ""), "403 TenantNotAuthorized"},
		"invalid claim":                {"nobody may guess what was meant", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims(" meridian"), ""), "403 InvalidClaim NoTenant"},
		"template disagrees":           {"what runs is somebody else's", deployments + "\nnamespace: shared\nobject: {apiVersion: apps/v1, kind: Deployment, metadata: {name: x, annotations: {domicile.dev/tenant: meridian}}, spec: {template: {metadata: {annotations: {domicile.dev/tenant: lantern-sg}}}}}", "403 TenantMismatch RestrictedOwner"},
		"suspended":                    {"it is resumed later", "resource: {group: batch, version: v1, resource: jobs}\nnamespace: lantern\nobject: {apiVersion: batch/v1, kind: Job, metadata: {name: x}, spec: {suspend: true}}", "403 RestrictedOwner"},
		"without replicas":             {"it is scaled later", deployments + "\nnamespace: lantern\nobject: {apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {replicas: 0}}", "403 RestrictedOwner"},
		"generated name":               {"has no name yet", podsOfCore + "\nname: \"\"\nnamespace: lantern\nobject: {apiVersion: v1, kind: Pod, metadata: {generateName: x-}}", "403 RestrictedOwner"},
		"API key":                      {"a key is as good as a workload", secretsRes + "\nnamespace: lantern\nobject: {apiVersion: v1, kind: Secret, type: domicile.dev/api-key, metadata: {name: x}}", "403 RestrictedOwner"},
		"a Secret that is no API key":  {"not asked about", secretsRes + "\nnamespace: plain\nobject: {apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: x}}", "allowed None"},
		"owned by an owner annotation": {"an owner reference is no reason to skip", podsOfCore + "\nnamespace: lantern\nobject: {apiVersion: v1, kind: Pod, metadata: {name: x, ownerReferences: [{kind: Tenant, name: meridian}]}}", "403 RestrictedOwner"},
		"on behalf of":                 {"can only make it stricter", podsOfCore + "\nnamespace: meridian\nobject: " + pod("annotations: {domicile.dev/on-behalf-of: lantern-sg}", ""), "403 RestrictedOwner"},
		"a kind nobody covers":         {"the webhook is not asked about it either", "resource: {group: example.com, version: v1, resource: widgets}\nnamespace: lantern\nobject: {kind: Widget}", "allowed None"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.namespaces["private"] = NamespaceMeta{}
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// Another replica has found a kind, and has the API server ask.
func TestAKindThatIsTooNewIsReadLive(t *testing.T) {
	const farm = "resource: {group: example.com, version: v1, resource: farms}\nnamespace: lantern\nobject: {kind: Farm}"
	for name, tc := range map[string]struct {
		reason, request, want string
		holds                 bool
		err                   error
	}{
		"holds Pods":    {"it is covered", farm, "403 RestrictedOwner", true, nil},
		"holds none":    {"somebody else's rule is no reason", farm, "allowed None", false, nil},
		"is not known":  {"nobody knows what it is", farm, "503", false, errors.New("no answer")},
		"is known":      {"it is covered by name", "resource: {group: ray.io, version: v1, resource: rayclusters}\nnamespace: lantern\nobject: {kind: RayCluster}", "403 RestrictedOwner", false, errors.New("not asked")},
		"of Kubernetes": {"these have no definitions", "resource: {group: \"\", version: v1, resource: configmaps}\nnamespace: lantern\nobject: {kind: ConfigMap}", "allowed None", false, errors.New("not asked")},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.holdsPods = func(_ context.Context, r schema.GroupResource) (bool, error) {
				if r.String() != "farms.example.com" {
					t.Errorf("asked about %s", r)
				}
				return tc.holds, tc.err
			}
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestUpdating(t *testing.T) {
	update := func(old, updated string) string {
		return podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + old + "\nobject: " + updated
	}
	for name, tc := range map[string]struct {
		reason, request, want string
	}{
		"metadata only":      {"nothing grows", update(pod("", "a: 1"), pod("labels: {a: b}", "a: 1")), "allowed NoGrowth"},
		"finalizer removed":  {"must always pass", update(pod("finalizers: [a]", "a: 1"), pod("", "a: 1")), "allowed NoGrowth"},
		"image":              {"something else runs", update(pod("", "a: 1"), pod("", "a: 2")), "403 RestrictedOwner"},
		"in a dying pod":     {"dying takes as long as it likes", update(pod("deletionTimestamp: x", ""), pod("deletionTimestamp: x", "ephemeralContainers: [{name: d}]")), "403 RestrictedOwner"},
		"ephemeral":          {"by the subresource", "subResource: ephemeralcontainers\n" + update(pod("", ""), pod("", "ephemeralContainers: [{name: d}]")), "403 RestrictedOwner"},
		"resized":            {"by the subresource", "subResource: resize\n" + update(pod("", "resources: {limits: {cpu: 1}}"), pod("", "resources: {limits: {cpu: 2}}")), "403 RestrictedOwner"},
		"claim added":        {"without the right to", update(pod("", "a: 1"), pod(claims("lantern-sg"), "a: 1")), "403 BindNotAuthorized"},
		"claim changed":      {"takes a right on both, and the namespace is bound", update(pod(claims("lantern-sg"), "a: 1"), pod(claims("meridian"), "a: 1")), "403 BindNotAuthorized BindNotAuthorized TenantMismatch"},
		"claim spoiled":      {"an unreadable claim is none", update(pod(claims("lantern-sg"), "a: 1"), pod(claims("Lantern-SG"), "a: 1")), "403 BindNotAuthorized InvalidClaim"},
		"growth and a claim": {"all reasons are told", update(pod("", "a: 1"), pod(claims("lantern-sg"), "a: 2")), "403 BindNotAuthorized RestrictedOwner"},
		"deleting":           {"shrinks", podsOfCore + "\noperation: DELETE\nnamespace: lantern\noldObject: " + pod("", ""), "allowed Delete"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(newCluster(t).admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestPoliciesSeeTheObjectAsItWas(t *testing.T) {
	update := podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("labels: {tier: gpu}", "a: 1") + "\nobject: " + pod("", "a: 2")
	for name, match := range map[string]string{
		"objectSelector": "{objectSelector: {matchLabels: {tier: gpu}}}",
		"condition":      "{matchConditions: [{name: c, expression: \"has(oldObject.metadata.labels)\"}, {name: d, expression: \"!has(object.metadata.labels)\"}]}",
		"request":        "{matchConditions: [{name: c, expression: \"request.operation == 'UPDATE' && request.namespace == 'lantern'\"}]}",
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.holder.Store(makeSnapshot(t, []string{"metadata: {name: a}\nspec: {jurisdictions: {blocked: [KP]}, match: " + match + "}"}, []string{lanternManifest}))
			if got := said(c.admitted(t, update)); got != "403 RestrictedOwner" {
				t.Errorf("nobody gets out of a policy by changing a label: got %q", got)
			}
		})
	}
}

func TestASecretIsAnAPIKeyForTheLastTimeWhenItsMarkGoes(t *testing.T) {
	request := secretsRes + "\noperation: UPDATE\nnamespace: lantern\n" +
		"oldObject: {apiVersion: v1, kind: Secret, metadata: {name: x, labels: {domicile.dev/api-key: \"true\"}}, data: {a: eA==}}\n" +
		"object: {apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: eQ==}}"
	if got := said(newCluster(t).admitted(t, request)); got != "403 BindNotAuthorized RestrictedOwner" {
		t.Errorf("the mark goes and another value comes: got %q", got)
	}
}

func TestAnUpdateThatDoesNotGrowNeedsNoKnowledge(t *testing.T) {
	c := newCluster(t)
	c.holder, c.unsynced = &snapshot.Holder{}, true
	for kind := range map[string]bool{"namespaces": true, "secrets": true, "access": true, "refresh": true} {
		c.failing[kind] = true
	}
	for name, request := range map[string]string{
		"scale down": "resource: {group: apps, version: v1, resource: deployments}\nsubResource: scale\noperation: UPDATE\nnamespace: lantern\noldObject: {kind: Scale, spec: {replicas: 2}}\nobject: {kind: Scale, spec: {}}",
		"finalizer":  podsOfCore + "\noperation: UPDATE\nnamespace: lantern\noldObject: " + pod("finalizers: [a]", "") + "\nobject: " + pod("", ""),
		"namespace":  namespaces + "\nsubResource: finalize\noperation: UPDATE\noldObject: {kind: Namespace, metadata: {name: x, annotations: {domicile.dev/tenant: lantern-sg}}, spec: {finalizers: [kubernetes]}}\nobject: {kind: Namespace, metadata: {name: x, annotations: {domicile.dev/tenant: lantern-sg}}, spec: {}}",
		"delete":     podsOfCore + "\noperation: DELETE\nnamespace: lantern\noldObject: " + pod("", ""),
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.admitted(t, request); !got.Allowed {
				t.Errorf("got %v", got.Result)
			}
		})
	}
}

func TestBindingNamespaces(t *testing.T) {
	ns := func(annotations string) string {
		return fmt.Sprintf("{apiVersion: v1, kind: Namespace, metadata: {name: x, annotations: {%s}}}", annotations)
	}
	const lantern, meridian = "domicile.dev/tenant: lantern-sg", "domicile.dev/tenant: meridian"
	update := func(subresource, old, updated string) string {
		return namespaces + "\nsubResource: \"" + subresource + "\"\noperation: UPDATE\nuserInfo: {username: ann}\noldObject: " + ns(old) + "\nobject: " + ns(updated)
	}
	create := func(annotations string) string {
		return namespaces + "\nuserInfo: {username: ann}\nobject: " + ns(annotations)
	}
	for name, tc := range map[string]struct {
		reason, request string
		binds           []string
		want            string
	}{
		"created unbound":             {"binds nobody", create(""), nil, "allowed NoClaim"},
		"created bound":               {"needs the right", create(meridian), nil, "403 BindNotAuthorized"},
		"created bound by right":      {"has the right", create(meridian), []string{"ann meridian"}, "allowed"},
		"created for restricted":      {"the right does not make it clear", create(lantern), []string{"ann lantern-sg"}, "403 RestrictedOwner"},
		"created with a bad claim":    {"nobody may guess what was meant", create("domicile.dev/tenant: Meridian"), nil, "403 InvalidClaim"},
		"bound later":                 {"needs the right", update("", "", meridian), nil, "403 BindNotAuthorized"},
		"bound later by right":        {"has the right", update("", "", meridian), []string{"ann meridian"}, "allowed None"},
		"unbound":                     {"would launder everything in it", update("", lantern, ""), []string{"ann meridian"}, "403 BindNotAuthorized"},
		"rebound":                     {"needs the right on both", update("", lantern, meridian), []string{"ann meridian"}, "403 BindNotAuthorized"},
		"rebound by right":            {"has the right on both", update("", lantern, meridian), []string{"ann meridian", "ann lantern-sg"}, "allowed None"},
		"rebound through status":      {"the status subresource writes metadata too", update("status", lantern, meridian), nil, "403 BindNotAuthorized BindNotAuthorized"},
		"rebound through finalize":    {"the finalize subresource writes metadata too", update("finalize", lantern, meridian), nil, "403 BindNotAuthorized BindNotAuthorized"},
		"untouched":                   {"not our business", update("", lantern, lantern+", example.com/a: b"), nil, "allowed NoClaim"},
		"acts for somebody else":      {"can only make it stricter, but is a claim", update("", meridian, meridian+", domicile.dev/on-behalf-of: lantern-sg"), nil, "403 BindNotAuthorized"},
		"acts no more for somebody":   {"would make it milder", update("", meridian+", domicile.dev/on-behalf-of: \"lantern-sg,murky\"", meridian+", domicile.dev/on-behalf-of: murky"), []string{"ann meridian", "ann murky"}, "403 BindNotAuthorized"},
		"owner removed":               {"would make it milder", update("", meridian+", domicile.dev/owner: LEI:A", meridian), nil, "403 BindNotAuthorized"},
		"owner removed by right":      {"has the right on whose it is", update("", meridian+", domicile.dev/owner: LEI:A", meridian), []string{"ann meridian"}, "allowed None"},
		"owner of nobody's removed":   {"nobody's: only who may bind everything", update("", "domicile.dev/owner: LEI:A", ""), []string{"ann meridian"}, "403 BindNotAuthorized"},
		"owner of nobody's, by right": {"who may bind everything", update("", "domicile.dev/owner: LEI:A", ""), []string{"ann "}, "allowed None"},
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

func TestScaling(t *testing.T) {
	scale := func(old, updated int) string {
		return fmt.Sprintf("%s\nsubResource: scale\noperation: UPDATE\nnamespace: shared\nname: web\noldObject: {kind: Scale, spec: {replicas: %d}}\nobject: {kind: Scale, spec: {replicas: %d}}", deployments, old, updated)
	}
	web := fromYAML(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {annotations: {domicile.dev/tenant: lantern-sg}}}}}`)
	for name, tc := range map[string]struct {
		reason, request string
		parents         map[string]map[string]any
		want            string
	}{
		"up":         {"the parent says whose it is", scale(1, 2), map[string]map[string]any{"shared/web": web}, "403 RestrictedOwner"},
		"down":       {"needs no parent", scale(2, 1), nil, "allowed NoGrowth"},
		"parentless": {"what cannot be found out is not admitted", scale(1, 2), nil, "503"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.parents = tc.parents
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestForeignAPIKeys(t *testing.T) {
	reads := `volumes: [{secret: {secretName: key}}]`
	account := fromYAML(t, `{metadata: {name: runner}, imagePullSecrets: [{name: key}]}`)
	lanternAccount := fromYAML(t, `{metadata: {name: runner, annotations: {domicile.dev/tenant: lantern-sg}}}`)
	create := func(namespace, metadata, spec string) string {
		return podsOfCore + "\nnamespace: " + namespace + "\nobject: " + pod(metadata, spec)
	}
	for name, tc := range map[string]struct {
		reason, request string
		secret          string
		account         map[string]any
		want            string
	}{
		"own":                    {"one's own", create("shared", claims("meridian"), reads), "meridian", nil, "allowed"},
		"nobody's":               {"no tenant's key", create("shared", claims("meridian"), reads), "", nil, "allowed"},
		"another tenant's":       {"must not be read", create("shared", claims("meridian"), reads), "lantern-sg", nil, "403 ForeignAPIKey"},
		"without a claim":        {"nor by nobody", create("plain", "", reads), "lantern-sg", nil, "403 ForeignAPIKey"},
		"through its account":    {"the ServiceAccount hands it over", create("shared", claims("meridian"), "serviceAccountName: runner"), "lantern-sg", account, "403 ForeignAPIKey"},
		"as another's account":   {"who runs as a tenant's account claims to be it", create("shared", claims("meridian"), "serviceAccountName: runner"), "", lanternAccount, "403 TenantMismatch RestrictedOwner"},
		"account without claims": {"an account makes nobody's object nobody else's", create("plain", "", "serviceAccountName: runner"), "", lanternAccount, "allowed"},
		"missing account":        {"nothing to hand over", create("shared", claims("meridian"), "serviceAccountName: runner"), "lantern-sg", nil, "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			for _, namespace := range []string{"shared", "plain"} {
				c.secrets[namespace+"/key"] = map[string]string{}
				if tc.secret != "" {
					c.secrets[namespace+"/key"] = map[string]string{v1alpha1.TenantAnnotation: tc.secret}
				}
				if tc.account != nil {
					c.accounts[namespace+"/runner"] = tc.account
				}
			}
			if got := said(c.admitted(t, tc.request)); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestWhatCannotBeKnownIsUnavailable(t *testing.T) {
	create := podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("meridian"), "serviceAccountName: runner, volumes: [{secret: {secretName: key}}]")
	for name, tc := range map[string]struct {
		reason, request string
		breaks          func(*cluster)
	}{
		"no snapshot":       {"before the first one", create, func(c *cluster) { c.holder = &snapshot.Holder{} }},
		"caches":            {"before they are filled", create, func(c *cluster) { c.unsynced = true }},
		"namespace":         {"its binding is not known", create, func(c *cluster) { c.failing["namespaces"] = true }},
		"missing":           {"a namespace that is not there cannot be read", create, func(c *cluster) { delete(c.namespaces, "shared") }},
		"secret":            {"whose it is is not known", create, func(c *cluster) { c.failing["secrets"] = true }},
		"service account":   {"what it hands over is not known", create, func(c *cluster) { c.failing["serviceaccounts"] = true }},
		"tenant":            {"whether it exists is not known", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("newcomer"), ""), func(c *cluster) { c.failing["refresh"] = true }},
		"party":             {"whether it exists is not known", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("murky"), ""), func(c *cluster) { c.failing["refresh"] = true }},
		"access":            {"whether the user may is not known", namespaces + "\nobject: {kind: Namespace, metadata: {name: x, " + claims("meridian") + "}}", func(c *cluster) { c.failing["access"] = true }},
		"parent":            {"whose it is is not known", deployments + "\nsubResource: scale\noperation: UPDATE\nnamespace: shared\noldObject: {spec: {}}\nobject: {spec: {replicas: 1}}", func(c *cluster) { c.failing["deployments"] = true }},
		"nothing refreshed": {"there is still no snapshot", podsOfCore + "\nnamespace: shared\nobject: " + pod(claims("newcomer"), ""), func(c *cluster) { c.live["newcomer"] = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			tc.breaks(c)
			got := c.admitted(t, tc.request)
			if got.Allowed || got.Result.Code != 503 || got.Result.Details.RetryAfterSeconds == 0 {
				t.Errorf("%s: got %+v", tc.reason, got)
			}
		})
	}
}

func TestAnAnswerAfterTheDeadlineIsUnavailable(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req, err := decodeReview(reviewOf(t, podsOfCore+"\nnamespace: shared\nobject: "+pod(claims("meridian"), "")))
	if err != nil {
		t.Fatal(err)
	}
	if got := answered(req, newCluster(t).handler(t).admitSafely(ctx, req), explain.Sentence); got.Allowed || got.Result.Code != 503 {
		t.Errorf("got %+v", got)
	}
}

func TestATenantThatIsTooNewIsReadLiveOnce(t *testing.T) {
	newcomer := strings.ReplaceAll(lanternManifest, "{name: lantern-sg}\nspec", "{name: newcomer}\nspec")
	for name, tc := range map[string]struct {
		reason, claim string
		live          []string
		want          string
		refreshed     []string
	}{
		"known":                {"nothing is read", "meridian", nil, "allowed", nil},
		"too new":              {"one apply of tenant and workload works", "newcomer", []string{newcomer}, "403 RestrictedOwner", []string{"newcomer"}},
		"not there":            {"then it is unknown", "newcomer", nil, "403 TenantNotFound", []string{"newcomer"}},
		"a party is not there": {"it may be new too", "murky", []string{murkyManifest}, "allowed warned", []string{"murky"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			if tc.live != nil {
				c.live[tc.claim] = makeSnapshot(t, []string{policyManifest}, tc.live)
			}
			if got := said(c.admitted(t, podsOfCore+"\nnamespace: shared\nobject: "+pod(claims(tc.claim), ""))); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
			if diff := cmp.Diff(tc.refreshed, c.refreshed); diff != "" {
				t.Errorf("%s: read live (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAPanicIsNeverAllowed(t *testing.T) {
	c := newCluster(t)
	broken := makeSnapshot(t, []string{policyManifest}, []string{lanternManifest})
	broken.Policies[0].Covers = func(*residency.Object) (bool, error) { panic("secret-value") }
	c.holder.Store(broken)
	got := c.admitted(t, podsOfCore+"\nnamespace: lantern\nobject: "+pod("", ""))
	if got.Allowed || got.Result.Code != 500 || strings.Contains(got.Result.Message, "secret-value") {
		t.Errorf("got %+v", got.Result)
	}
}

func TestDecodingMatchesTheAPIServer(t *testing.T) {
	for name, tc := range map[string]struct{ reason, body string }{
		"nothing":         {"no JSON", ``},
		"no JSON":         {"no JSON", `{"apiVersion"`},
		"null":            {"no review", `null`},
		"a list":          {"no review", `[]`},
		"another version": {"no review of ours", `{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u","operation":"DELETE","resource":{"resource":"pods"}}}`},
		"another kind":    {"no review", `{"apiVersion":"admission.k8s.io/v1","kind":"Review","request":{"uid":"u"}}`},
		"no request":      {"a review of nothing", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`},
		"case":            {"keys are case sensitive", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","Request":{"uid":"u","operation":"DELETE","resource":{"resource":"pods"}}}`},
		"no uid":          {"cannot be answered", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"operation":"DELETE","resource":{"resource":"pods"}}}`},
		"no resource":     {"cannot be told apart", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"DELETE"}}`},
		"no object":       {"a CREATE of nothing", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"resource":"pods"}}}`},
		"null object":     {"a CREATE of nothing", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"resource":"pods"},"object":null}}`},
		"text object":     {"no object", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"resource":"pods"},"object":"x"}}`},
		"no old object":   {"an UPDATE of nothing", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"UPDATE","resource":{"resource":"pods"},"object":{}}}`},
		"CONNECT":         {"not asked for", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CONNECT","resource":{"resource":"pods"},"object":{}}}`},
		"no operation":    {"not told", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","resource":{"resource":"pods"},"object":{}}}`},
		"duplicate key":   {"two readers could take two values", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"resource":"pods"},"object":{"metadata":{"annotations":{"domicile.dev/tenant":"a","domicile.dev/tenant":"b"}}}}}`},
		"escaped key":     {"the same key in another spelling", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","resource":{"resource":"pods"},"object":{"metadata":{"annotations":{"domicile.dev/tenant":"a","domicile.dev\/tenant":"b"}}}}}`},
		"two documents":   {"what comes after might be read by somebody", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"DELETE","resource":{"resource":"pods"}}} {}`},
	} {
		t.Run(name, func(t *testing.T) {
			if r, err := decodeReview([]byte(tc.body)); err == nil {
				t.Errorf("%s: got %+v", tc.reason, r)
			}
		})
	}
}

func TestNoValueOfASecretReachesADecision(t *testing.T) {
	r, err := decodeReview(reviewOf(t, secretsRes+"\noperation: UPDATE\noldObject: {data: {a: b2xkLXZhbHVl}}\nobject: {data: {a: bmV3LXZhbHVl}, stringData: {b: plain-value}}"))
	if err != nil {
		t.Fatal(err)
	}
	if !r.secretDataChanged {
		t.Error("the change is not noted")
	}
	if left := fmt.Sprintf("%+v", r); strings.Contains(left, "-value") || strings.Contains(left, "LXZhbHVl") {
		t.Errorf("a value is left: %s", left)
	}
}
