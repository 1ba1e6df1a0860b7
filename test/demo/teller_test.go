package main

import "testing"

func TestExpectationFindsWhatIsWrong(t *testing.T) {
	const denial = "admission webhook denied the request: 68 % held"
	for name, test := range map[string]struct {
		reason string
		want   expectation
		said   string
		code   int
		ok     bool
	}{
		"refused":       {"the story's main point", refused("68 %"), denial, 1, true},
		"not refused":   {"an admission must fail the demo", refused(), "created", 0, false},
		"another error": {"a server that is down refuses nothing", refused(), "connection refused", 1, false},
		"wrong reason":  {"a refusal must give its reason", refused("70 %"), denial, 1, false},
		"admitted":      {"the clean tenant", admitted("created"), "x created", 0, true},
		"not admitted":  {"the clean tenant must not be refused", admitted(), denial, 1, false},
		"leak":          {"a refusal must not repeat a secret", expectation{never: []string{"token"}}, "token", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := test.want.check("kubectl", test.said, test.code); (err == nil) != test.ok {
				t.Errorf("%s: %v", test.reason, err)
			}
		})
	}
}

func TestQuoteWritesWhatOneWouldType(t *testing.T) {
	for _, test := range []struct{ arg, want string }{
		{"get", "get"},
		{"--for=jsonpath={.status}=Clear", "--for='jsonpath={.status}=Clear'"},
		{"--for=condition=Ready", "--for=condition=Ready"},
		{"it's", `'it'\''s'`},
	} {
		if got := quote([]string{test.arg}); got != test.want {
			t.Errorf("quote(%q) = %s, want %s", test.arg, got, test.want)
		}
	}
}
