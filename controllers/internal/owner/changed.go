package owner

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ChangedBy names the field manager, other than our own, that wrote an object last, for
// people who look for it; "somebody" if the object does not tell. Clients choose these
// names themselves: nothing may be decided by them.
func ChangedBy(fields []metav1.ManagedFieldsEntry, own string) string {
	var last *metav1.ManagedFieldsEntry
	for i := range fields {
		f := &fields[i]
		if f.Manager == own || f.Manager == "" {
			continue
		}
		if last == nil || last.Time == nil || last.Time.Before(f.Time) {
			last = f
		}
	}
	if last == nil {
		return "somebody"
	}
	return last.Manager
}
