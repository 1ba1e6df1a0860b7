package webhook

import "testing"

func TestWhoseAServiceAccountIs(t *testing.T) {
	const accounts = `resource: {group: "", version: v1, resource: serviceaccounts}`
	account := func(annotations string) string {
		return "{apiVersion: v1, kind: ServiceAccount, metadata: {name: x, annotations: {" + annotations + "}}}"
	}
	create := func(namespace, annotations string) string {
		return accounts + "\nuserInfo: {username: ann}\nnamespace: " + namespace + "\nobject: " + account(annotations)
	}
	update := func(namespace, old, updated string) string {
		return create(namespace, updated) + "\noperation: UPDATE\noldObject: " + account(old)
	}
	const lantern, meridian = "domicile.dev/tenant: lantern-sg", "domicile.dev/tenant: meridian"
	for name, tc := range map[string]struct {
		reason, request string
		binds           []string
		want            string
	}{
		"created for nobody":        {"says nothing", create("shared", ""), nil, "allowed NoClaim"},
		"created":                   {"needs the right", create("shared", meridian), nil, "403 BindNotAuthorized"},
		"created by right":          {"has the right", create("shared", meridian), []string{"ann meridian"}, "allowed None"},
		"created for restricted":    {"runs nothing by itself", create("shared", lantern), []string{"ann lantern-sg"}, "allowed None"},
		"created with a bad claim":  {"nobody may guess what was meant", create("shared", "domicile.dev/tenant: Meridian"), nil, "403 InvalidClaim"},
		"created as its namespace":  {"says again whose everything in it is", create("meridian", meridian), nil, "allowed None"},
		"created against it":        {"the namespace is another's", create("meridian", lantern), []string{"ann lantern-sg"}, "403 TenantMismatch"},
		"changed":                   {"another's pods could run as it", update("shared", lantern, meridian), []string{"ann meridian"}, "403 BindNotAuthorized"},
		"changed by right":          {"has the right on both", update("shared", lantern, meridian), []string{"ann meridian", "ann lantern-sg"}, "allowed None"},
		"removed":                   {"anybody's pods could run as it", update("shared", lantern, ""), nil, "403 BindNotAuthorized"},
		"removed in its namespace":  {"the namespace still says whose it is", update("lantern", lantern, ""), nil, "allowed None"},
		"untouched":                 {"a token controller writes what is there", update("shared", lantern, lantern+", example.com/a: b"), nil, "allowed NoClaim"},
		"acts no more for somebody": {"would make it milder", update("shared", meridian+", domicile.dev/on-behalf-of: lantern-sg", meridian), []string{"ann meridian"}, "403 BindNotAuthorized"},
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
