package owner

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestWhoChangedAnObject(t *testing.T) {
	at := func(manager string, minute int) metav1.ManagedFieldsEntry {
		when := metav1.NewTime(time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC))
		return metav1.ManagedFieldsEntry{Manager: manager, Time: &when}
	}
	for _, tc := range []struct {
		reason string
		fields []metav1.ManagedFieldsEntry
		want   string
	}{
		{"nobody is told, such as of what was deleted", nil, "somebody"},
		{"it is ours alone", []metav1.ManagedFieldsEntry{at("domicile", 1)}, "somebody"},
		{"another one", []metav1.ManagedFieldsEntry{at("kubectl-edit", 1), at("domicile", 2)}, "kubectl-edit"},
		{"the last of others", []metav1.ManagedFieldsEntry{at("kubectl-edit", 3), at("argocd-controller", 5), at("flux", 4)}, "argocd-controller"},
		{"a time is missing", []metav1.ManagedFieldsEntry{{Manager: "old"}, at("kubectl-edit", 1)}, "kubectl-edit"},
		{"a name is missing", []metav1.ManagedFieldsEntry{at("", 9), at("kubectl-edit", 1)}, "kubectl-edit"},
	} {
		if got := ChangedBy(tc.fields, "domicile"); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
		}
	}
}
