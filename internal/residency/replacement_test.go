package residency

import "testing"

func TestWhatAPolicyDoesWithAReplacement(t *testing.T) {
	for _, tc := range []struct {
		reason   string
		suspends bool
		action   Action
		replaces string
		want     Action
		told     bool
	}{
		{"what may stay may be made again", false, Deny, "ReplicaSet web", Audit, true},
		{"what is suspended may not", true, Deny, "ReplicaSet web", Deny, false},
		{"what is new is judged", false, Deny, "", Deny, false},
		{"a warning is a warning", false, Warn, "ReplicaSet web", Warn, false},
		{"what is allowed needs nothing", false, Allow, "ReplicaSet web", Allow, false},
	} {
		got := (&Policy{Suspends: tc.suspends}).replace(Decision{Action: tc.action}, tc.replaces)
		if got.Action != tc.want || (got.Replaces != "") != tc.told {
			t.Errorf("%s: %v, replaces %q", tc.reason, got.Action, got.Replaces)
		}
	}
}

func TestAPodIsWhoseItsOwnerIs(t *testing.T) {
	bound := &Namespace{Name: "n", Claims: Claims{Tenants: []Claim{{Tenant: "a"}}}}
	claims := func(tenant string, others ...string) Claims {
		var c Claims
		if tenant != "" {
			c.Tenants = []Claim{{Tenant: tenant}}
		}
		for _, other := range others {
			c.OnBehalfOf = append(c.OnBehalfOf, Claim{Tenant: other})
		}
		return c
	}
	for _, tc := range []struct {
		reason     string
		ns         *Namespace
		pod, owner Claims
		want       bool
	}{
		{"both say so", &Namespace{Name: "n"}, claims("a"), claims("a"), true},
		{"the namespace says so for both", bound, claims(""), claims("a"), true},
		{"an owner that says more makes no Pods that say less", &Namespace{Name: "n"}, claims(""), claims("a"), false},
		{"nor others", &Namespace{Name: "n"}, claims("b"), claims("a"), false},
		{"an owner that says nothing makes none that do", &Namespace{Name: "n"}, claims("a"), claims(""), false},
		{"nobody is added", bound, claims("", "b"), claims(""), false},
		{"who is there already is not", bound, claims("", "b"), claims("", "b", "c"), true},
	} {
		pod, owner := &Object{Namespace: tc.ns, Claims: tc.pod}, &Object{Namespace: tc.ns, Claims: tc.owner}
		if got := MayReplace(&World{}, pod, owner); got != tc.want {
			t.Errorf("%s: %t", tc.reason, got)
		}
	}
}
