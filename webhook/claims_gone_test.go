package webhook

import "testing"

// TestRemovingThePlaceOfAClaimIsNoWay removes the only place in an object that says
// whose it is: put back without the claim, it would be nobody's.
func TestRemovingThePlaceOfAClaimIsNoWay(t *testing.T) {
	const rayclusters = "resource: {group: ray.io, version: v1, resource: rayclusters}\noperation: UPDATE\nuserInfo: {username: ann}\nnamespace: "
	cluster := func(spec string) string {
		return "{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: x}, spec: {" + spec + "}}"
	}
	group := func(tenant, replicas string) string {
		return "workerGroupSpecs: [{replicas: " + replicas + ", template: {metadata: {" + claims(tenant) + "}}}]"
	}
	update := func(namespace, old, updated string) string {
		return rayclusters + namespace + "\noldObject: " + cluster(old) + "\nobject: " + cluster(updated)
	}
	for name, tc := range map[string]struct {
		reason, request string
		binds           []string
		want            string
	}{
		"restricted":          {"judged as what it was", update("shared", group("lantern-sg", "1"), ""), nil, "403 BindNotAuthorized RestrictedOwner"},
		"restricted by right": {"the right does not make it clear", update("shared", group("lantern-sg", "1"), ""), []string{"ann lantern-sg"}, "403 RestrictedOwner"},
		"clear":               {"may become restricted", update("shared", group("meridian", "1"), ""), nil, "403 BindNotAuthorized NoTenant"},
		"clear by right":      {"who may say whose it is; but somebody's it has to be among tenants", update("shared", group("meridian", "1"), ""), []string{"ann meridian"}, "403 NoTenant"},
		"clear, in its own":   {"the namespace still says whose it is", update("meridian", group("meridian", "1"), ""), nil, "allowed"},
		"growth and a change": {"judged for both", update("shared", group("lantern-sg", "1"), group("meridian", "2")), []string{"ann lantern-sg", "ann meridian"}, "403 RestrictedOwner"},
		"fewer":               {"may always shrink", update("shared", group("lantern-sg", "2"), group("lantern-sg", "0")), nil, "allowed NoGrowth"},
		"suspended":           {"may always shrink", update("shared", group("lantern-sg", "2"), group("lantern-sg", "2")+", suspend: true"), nil, "allowed NoGrowth"},
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
