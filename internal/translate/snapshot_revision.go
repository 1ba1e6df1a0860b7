package translate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// revision identifies the inputs of a snapshot, whatever their order. Two
// replicas have the same revision when they have seen the same specs and
// labels; what only touches status or other metadata does not change it.
func revision(policies []v1alpha1.TenantPolicy, tenants []v1alpha1.Tenant, entities []v1alpha1.LegalEntity) string {
	lines := make([]string, 0, len(policies)+len(tenants)+len(entities))
	for i := range policies {
		lines = append(lines, fingerprint("TenantPolicy", &policies[i].ObjectMeta, policies[i].Spec))
	}
	for i := range tenants {
		lines = append(lines, fingerprint("Tenant", &tenants[i].ObjectMeta, tenants[i].Spec))
	}
	for i := range entities {
		lines = append(lines, fingerprint("LegalEntity", &entities[i].ObjectMeta, entities[i].Spec))
	}
	slices.Sort(lines)
	hash := sha256.New()
	for _, line := range lines {
		hash.Write([]byte(line))
		hash.Write([]byte{'\n'})
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// fingerprint is one line of JSON. The API server counts changes of a spec in
// metadata.generation; an object that never was there is identified by the
// spec itself.
func fingerprint(kind string, m *metav1.ObjectMeta, spec any) string {
	entry := struct {
		Kind, Name, UID string
		Generation      int64
		Labels          map[string]string
		Spec            any
	}{Kind: kind, Name: m.Name, UID: string(m.UID), Generation: m.Generation, Labels: m.Labels}
	if m.UID == "" || m.Generation == 0 {
		entry.Spec = spec
	}
	line, err := json.Marshal(entry)
	if err != nil {
		// Specs of this API marshal; should one not, no two are alike.
		return kind + "/" + m.Name + ": " + err.Error()
	}
	return string(line)
}
