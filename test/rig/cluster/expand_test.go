package cluster

import "testing"

func TestExpandIsKubernetesExpansion(t *testing.T) {
	variables := map[string]string{"POD_IP": "127.1.100.10", "A": "$(B)", "B": "b"}
	for _, test := range []struct{ reason, in, want string }{
		{"the usual case", "--bind=[$(POD_IP)]:9443", "--bind=[127.1.100.10]:9443"},
		{"several in one argument", "$(B)$(B)-$(B)", "bb-b"},
		{"a reference to nothing stays as it is", "$(NOBODY)/x", "$(NOBODY)/x"},
		{"$$ escapes", "$$(B) $$", "$(B) $"},
		{"values are not expanded again", "$(A)", "$(B)"},
		{"not a reference", "$B ${B} $", "$B ${B} $"},
		{"not closed", "$(B", "$(B"},
		{"nothing to do", "plain", "plain"},
	} {
		if got := expand(test.in, variables); got != test.want {
			t.Errorf("%s: expand(%q) = %q, want %q", test.reason, test.in, got, test.want)
		}
	}
}
