package webhook

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/decisions"
)

// TestCorpusOverTLS runs the decision corpus through the whole handler, as the
// API server would ask it. What it answers must be what the core decides.
func TestCorpusOverTLS(t *testing.T) {
	t.Parallel()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			in, err := c.Read()
			if err != nil {
				t.Fatal(err)
			}
			server := serve(t, handlerFor(t, in, c.At))
			var got []decisions.Result
			for i := range in.Objects {
				if decisions.IsRequest(&in.Objects[i]) {
					continue // the gateway's
				}
				status, response := server.post(t, WorkloadPath+"?timeout=10s", "application/json", bytes.NewReader(reviewFor(t, &in.Objects[i], maker(in, i))))
				if status != 200 {
					t.Fatalf("%s: status %d", in.Objects[i].GetName(), status)
				}
				got = append(got, resultFrom(t, &in.Objects[i], response, wanted(c.Expected, i)))
			}
			if diff := decisions.Diff(admitted(c.Expected), got); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", c.Comment, diff)
			}
		})
	}
}

// admitted are the results of what admission is asked about.
func admitted(all []decisions.Result) (results []decisions.Result) {
	for _, r := range all {
		if r.Resource.Kind != call.ManifestKind {
			results = append(results, r)
		}
	}
	return results
}

func handlerFor(t *testing.T, in decisions.Input, at time.Time) *Handler {
	t.Helper()
	c := newCluster(t)
	c.holder = &snapshot.Holder{}
	c.holder.Store(snapshottest.Compile(in.World()))
	for _, object := range in.Objects {
		c.namespaces[object.GetNamespace()] = NamespaceMeta{}
		if object.GetUID() != "" {
			c.parents[object.GetNamespace()+"/"+object.GetName()] = object.Object
		}
		if object.GetKind() == "Secret" {
			c.secrets[object.GetNamespace()+"/"+object.GetName()] = object.GetAnnotations()
		}
	}
	for _, ns := range in.Namespaces {
		c.namespaces[ns.GetName()] = NamespaceMeta{Labels: ns.GetLabels(), Annotations: ns.GetAnnotations()}
	}
	h := c.handler(t)
	h.dependencies.Clock = func() time.Time { return at }
	return h
}

// maker is the controller that makes a Pod whose owner is in the input; nobody makes
// anything else.
func maker(in decisions.Input, i int) string {
	m, ok := growth.MakerOf(in.Objects[i].Object)
	if !ok {
		return ""
	}
	for _, o := range in.Objects {
		if string(o.GetUID()) == m.UID {
			return "system:serviceaccount:kube-system:" + m.Kind.Controller
		}
	}
	return ""
}

func reviewFor(t testing.TB, object *unstructured.Unstructured, user string) []byte {
	t.Helper()
	raw, err := json.Marshal(object.Object)
	if err != nil {
		t.Fatal(err)
	}
	gvk := metav1.GroupVersionKind(object.GroupVersionKind())
	gvr := metav1.GroupVersionResource(translate.ResourceOf(object.GroupVersionKind()))
	body, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: types.UID("review"), Kind: gvk, RequestKind: &gvk, Resource: gvr, RequestResource: &gvr,
			Name: object.GetName(), Namespace: object.GetNamespace(), Operation: admissionv1.Create,
			UserInfo: authenticationv1.UserInfo{Username: user},
			Object:   runtime.RawExtension{Raw: raw},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func wanted(expected []decisions.Result, i int) []decisions.Decision {
	if i < len(expected) {
		return expected[i].Decisions
	}
	return nil
}

// namesOfExemptions is the audit annotation that decisions must give.
func namesOfExemptions(want []decisions.Decision) string {
	var names []string
	for _, d := range want {
		for _, e := range d.Exemptions {
			if !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	return strings.Join(names, ",")
}

// resultFrom reads an answer back. Messages are told in causes and warnings
// only, within their bounds: one that is told counts as the one that is wanted.
func resultFrom(t *testing.T, object *unstructured.Unstructured, r *admissionv1.AdmissionResponse, want []decisions.Decision) decisions.Result {
	t.Helper()
	result := decisions.Result{Resource: decisions.ResourceOf(object), Allowed: r.Allowed}
	told := strings.Join(r.Warnings, "\n")
	if r.Result != nil && r.Result.Details != nil {
		for _, cause := range r.Result.Details.Causes {
			told += "\n" + cause.Message
		}
	}
	if r.AuditAnnotations[auditDecisions] == "" {
		return result
	}
	named := r.AuditAnnotations[auditExemption]
	exempted := named == namesOfExemptions(want)
	for i, line := range strings.Split(r.AuditAnnotations[auditDecisions], ",") {
		fields := strings.Split(line, "/")
		if len(fields) != 5 {
			t.Fatalf("audit annotation %q", line)
		}
		d := decisions.Decision{Policy: fields[0], Tenant: fields[1], Verdict: fields[2], Reason: fields[3], Action: fields[4]}
		if i < len(want) {
			d.Path = want[i].Path
			if d.Exemptions = want[i].Exemptions; !exempted {
				d.Exemptions = []decisions.Exemption{{Name: "audit annotation: " + named}}
			}
			silent := d.Action == "Audit" || d.Action == "Allow"
			head := want[i].Message[:min(len(want[i].Message), maxWarning/2)]
			if silent || strings.Contains(told, head) {
				d.Message = want[i].Message
			}
		}
		result.Decisions = append(result.Decisions, d)
	}
	return result
}
