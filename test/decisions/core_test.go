package decisions_test

import (
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/decisions"
)

// TestCore runs the corpus through translate and residency alone.
func TestCore(t *testing.T) {
	t.Parallel()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			in, err := c.Read()
			if err != nil {
				t.Fatal(err)
			}
			w := snapshottest.Compile(in.World())
			var got []decisions.Result
			for i := range in.Objects {
				var o *residency.Object
				if decisions.IsRequest(&in.Objects[i]) {
					o = readRequest(t, w)(in, &in.Objects[i])
				} else {
					o = read(in, &in.Objects[i])
					o.Replaces = replaces(&w.World, in, i, o)
				}
				answer := residency.Decide(&w.World, o, c.At)
				got = append(got, resultOf(&in.Objects[i], answer))
			}
			if diff := decisions.Diff(c.Expected, got); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", c.Comment, diff)
			}
		})
	}
}

// TestInputsAreValid holds that no case means something by a manifest that the
// API server would refuse.
func TestInputsAreValid(t *testing.T) {
	t.Parallel()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		in, err := c.Read()
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		for i := range in.Policies {
			if errs := translate.Policy(&in.Policies[i]).Errs; len(errs) > 0 {
				t.Errorf("%s: TenantPolicy %s: %v", c.Name, in.Policies[i].Name, errs)
			}
		}
		for i := range in.Tenants {
			if errs := translate.Tenant(&in.Tenants[i]).Errs; len(errs) > 0 {
				t.Errorf("%s: Tenant %s: %v", c.Name, in.Tenants[i].Name, errs)
			}
		}
		for i := range in.Exemptions {
			if errs := translate.Exemption(&in.Exemptions[i]).Errs; len(errs) > 0 {
				t.Errorf("%s: TenantExemption %s: %v", c.Name, in.Exemptions[i].Name, errs)
			}
		}
		for i := range in.AccessPoints {
			if errs := translate.AccessPoint(&in.AccessPoints[i]).Errs; len(errs) > 0 {
				t.Errorf("%s: AccessPoint %s: %v", c.Name, in.AccessPoints[i].Name, errs)
			}
		}
		for i := range in.Entities {
			if errs := translate.LegalEntity(&in.Entities[i]).Errs; len(errs) > 0 {
				t.Errorf("%s: LegalEntity %s: %v", c.Name, in.Entities[i].Name, errs)
			}
		}
	}
}

// read fills in what admission would: where the object goes, and whose the
// Secrets are that it reads.
func read(in decisions.Input, u *unstructured.Unstructured) *residency.Object {
	raw := u.DeepCopy().Object
	o := translate.Object(raw)
	o.EmptiedSecret = translate.IsEmptiedSecret(raw)
	gvr := translate.ResourceOf(u.GroupVersionKind())
	o.Operation, o.Resource = residency.Create, gvr.Resource
	if u.GetNamespace() != "" {
		o.Namespace = namespace(in, u.GetNamespace())
	}
	for i := range o.Secrets {
		o.Secrets[i].Tenant = secretTenant(in, u.GetNamespace(), o.Secrets[i].Name)
	}
	gvk := metav1.GroupVersionKind(u.GroupVersionKind())
	resource := metav1.GroupVersionResource{Group: gvr.Group, Version: gvr.Version, Resource: gvr.Resource}
	o.Variables = &translate.Variables{
		Object: raw,
		Request: &admissionv1.AdmissionRequest{
			Kind: gvk, RequestKind: &gvk,
			Resource: resource, RequestResource: &resource,
			Name: u.GetName(), Namespace: u.GetNamespace(), Operation: admissionv1.Create,
		},
	}
	return o
}

// replaces names whom a Pod is made again for: an object of the input that has the UID.
func replaces(w *residency.World, in decisions.Input, i int, o *residency.Object) string {
	makers := growth.Makers{}
	for _, u := range in.Objects {
		makers.Add(u.Object)
	}
	maker, raw, ok := makers.Of(in.Objects[i].Object)
	if !ok {
		return ""
	}
	owner := translate.Object(raw)
	owner.Namespace = o.Namespace
	if !residency.MayReplace(w, o, owner) {
		return ""
	}
	return maker.String()
}

// readRequest is read for API requests.
func readRequest(t *testing.T, w *snapshot.Snapshot) func(decisions.Input, *unstructured.Unstructured) *residency.Object {
	return func(in decisions.Input, u *unstructured.Unstructured) *residency.Object {
		request, err := decisions.RequestOf(u)
		if err != nil {
			t.Fatal(err)
		}
		var keys translate.KeyBook
		for _, o := range in.Objects {
			if o.GetKind() == "Secret" {
				keys.Add(namespace(in, o.GetNamespace()), o.GetLabels(), o.GetAnnotations())
			}
		}
		point, _ := w.Objects.AccessPoints.Get(request.AccessPoint)
		return keys.Call(point, request, w.Objects.Identified)
	}
}

func namespace(in decisions.Input, name string) *residency.Namespace {
	for _, ns := range in.Namespaces {
		if ns.GetName() == name {
			return translate.NamespaceOf(name, ns.GetLabels(), ns.GetAnnotations())
		}
	}
	return translate.NamespaceOf(name, nil, nil)
}

func secretTenant(in decisions.Input, namespace, name string) string {
	for _, u := range in.Objects {
		if u.GetKind() == "Secret" && u.GetNamespace() == namespace && u.GetName() == name {
			return translate.TenantOfSecret(u.GetAnnotations())
		}
	}
	return ""
}

func resultOf(u *unstructured.Unstructured, answer residency.Answer) decisions.Result {
	result := decisions.Result{
		Resource: decisions.ResourceOf(u),
		Allowed:  answer.Action() != residency.Deny,
	}
	for _, d := range answer.Decisions {
		decision := decisions.Decision{
			Policy: d.Policy, Tenant: d.Tenant,
			Verdict: d.Verdict.String(), Reason: string(d.Reason), Action: d.Action.String(),
			Message: explain.Sentence(d), Path: explain.Path(d),
		}
		for _, e := range d.Exemptions {
			decision.Exemptions = append(decision.Exemptions, decisions.Exemption{
				Name: e.Name, Tenant: e.Tenant, Reference: e.Reference, ExpiresAt: e.ExpiresAt.UTC().Format(time.RFC3339),
			})
		}
		result.Decisions = append(result.Decisions, decision)
	}
	return result
}
