package translate

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/residency"
)

func TestRunsAs(t *testing.T) {
	account := ServiceAccountReference{Name: "runner", Path: "spec.serviceAccountName"}
	lantern := ReadServiceAccount(objectFrom(t, `{metadata: {annotations: {domicile.dev/tenant: lantern}}, secrets: [{name: a}], imagePullSecrets: [{name: b}]}`))
	for name, tc := range map[string]struct {
		reason string
		object residency.Object
		want   residency.Object
	}{
		"of nobody": {
			"an object that claims nothing does not become somebody's",
			residency.Object{},
			residency.Object{Secrets: []residency.SecretReference{{Name: "a", Path: account.Path}, {Name: "b", Path: account.Path}}},
		},
		"of another tenant": {
			"the ServiceAccount's claim is one of the object's",
			residency.Object{Claims: residency.Claims{Tenants: []residency.Claim{{Tenant: "meridian", Path: "metadata.annotations"}}}},
			residency.Object{
				Claims:  residency.Claims{Tenants: []residency.Claim{{Tenant: "meridian", Path: "metadata.annotations"}, {Tenant: "lantern", Path: account.Path}}},
				Secrets: []residency.SecretReference{{Name: "a", Path: account.Path}, {Name: "b", Path: account.Path}},
			},
		},
		"of the same tenant": {
			"what is known already is not added again",
			residency.Object{
				Claims:  residency.Claims{Tenants: []residency.Claim{{Tenant: "lantern", Path: "metadata.annotations"}}},
				Secrets: []residency.SecretReference{{Name: "b", Path: "spec.volumes[0].secret.secretName"}},
			},
			residency.Object{
				Claims:  residency.Claims{Tenants: []residency.Claim{{Tenant: "lantern", Path: "metadata.annotations"}}},
				Secrets: []residency.SecretReference{{Name: "b", Path: "spec.volumes[0].secret.secretName"}, {Name: "a", Path: account.Path}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			RunsAs(&tc.object, account, lantern)
			if diff := cmp.Diff(tc.want, tc.object); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestBoundSecrets(t *testing.T) {
	for extra, problems := range []int{0, 1} {
		var o residency.Object
		for i := range maxSecrets + extra {
			o.Secrets = append(o.Secrets, residency.SecretReference{Name: fmt.Sprint("s", i)})
		}
		BoundSecrets(&o)
		if len(o.Secrets) != maxSecrets || len(o.Claims.Problems) != problems {
			t.Errorf("of %d Secrets %d are looked up, with %v", maxSecrets+extra, len(o.Secrets), o.Claims.Problems)
		}
	}
}
