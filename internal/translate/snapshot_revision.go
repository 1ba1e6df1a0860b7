package translate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// revision identifies the inputs of a snapshot, whatever their order. Two
// replicas have the same revision when they have seen the same specs, labels and
// register data; what only touches status or other metadata does not change it.
func revision(w World) string {
	lines := w.Registers.fingerprints()
	for i := range w.Policies {
		lines = append(lines, fingerprint("TenantPolicy", &w.Policies[i].ObjectMeta, w.Policies[i].Spec))
	}
	for i := range w.Tenants {
		lines = append(lines, fingerprint("Tenant", &w.Tenants[i].ObjectMeta, w.Tenants[i].Spec))
	}
	for i := range w.Entities {
		lines = append(lines, fingerprint("LegalEntity", &w.Entities[i].ObjectMeta, w.Entities[i].Spec))
	}
	for i := range w.Exemptions {
		lines = append(lines, fingerprint("TenantExemption", &w.Exemptions[i].ObjectMeta, w.Exemptions[i].Spec))
	}
	slices.Sort(lines)
	hash := sha256.New()
	for _, line := range lines {
		hash.Write([]byte(line))
		hash.Write([]byte{'\n'})
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// fingerprints are lines that begin as no other fingerprint does.
func (r Registers) fingerprints() []string {
	var lines []string
	for _, name := range r.Missing {
		lines = append(lines, "missing "+name)
	}
	revision := r.Revision
	if revision == "" && r.Layer != nil {
		hash := sha256.New()
		if err := r.Layer.Encode(hash); err != nil {
			// A hash does not refuse what is written to it.
			return append(lines, "registers: "+err.Error())
		}
		revision = hex.EncodeToString(hash.Sum(nil))
	}
	if revision != "" {
		lines = append(lines, "registers "+revision)
	}
	return lines
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
