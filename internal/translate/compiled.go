package translate

import (
	"crypto/sha256"
	"encoding/json"
	"math/bits"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// Origin says which API object something was compiled from, and what is wrong
// with it. It has no more of the object, so that hundreds of thousands fit in memory.
type Origin struct {
	Name string
	// ResourceVersion is that of the object when it was compiled; "" for one that
	// was read from a file.
	ResourceVersion string
	Generation      int64
	// Digest identifies what decisions depend on: two objects with equal digests
	// are the same one, and say the same.
	Digest Digest
	// Reported identifies what its status says, without times.
	Reported Digest
	// Errs is what is wrong with it, by field.
	Errs field.ErrorList
}

// GetObjectMeta is what an informer has to know.
func (o *Origin) GetObjectMeta() metav1.Object {
	return &metav1.ObjectMeta{Name: o.Name, ResourceVersion: o.ResourceVersion, Generation: o.Generation}
}

// Problems are what is wrong with it, for those who ask about objects of any kind.
func (o *Origin) Problems() field.ErrorList { return o.Errs }

// CompiledPolicy is a TenantPolicy in the core's terms.
type CompiledPolicy struct {
	Origin
	Spec v1alpha1.TenantPolicySpec
	// Policy is the policy without its exemptions.
	Policy *residency.Policy
}

// CompiledTenant is a Tenant in the core's terms.
type CompiledTenant struct {
	Origin
	Tenant residency.Tenant
	// Places are the namespaces that the spec speaks of; nil if it speaks of none.
	Places *Places
	// Identifiers are those by which access points know the tenant, as SCHEME:ID.
	Identifiers []string
	// Value is the annual value; nil if none is given.
	Value *v1alpha1.Money
}

// CompiledEntity is a LegalEntity in the core's terms. If anything is wrong with
// it, it is to be left out, so that nothing is known about the party.
type CompiledEntity struct {
	Origin
	ownership.Declaration
}

// CompiledExemption is a TenantExemption in the core's terms. If anything is
// wrong with it there is no Exemption.
type CompiledExemption struct {
	Origin
	// Policy names the policy that the tenant is exempted from.
	Policy    string
	Exemption *residency.Exemption
}

// Digest identifies a value. Digests can be added up in any order: the sum
// identifies a set.
type Digest [2]uint64

// Add is the sum of two digests.
func (d Digest) Add(e Digest) Digest {
	low, carry := bits.Add64(d[0], e[0], 0)
	high, _ := bits.Add64(d[1], e[1], carry)
	return Digest{low, high}
}

// Less is the sum without a digest that was added.
func (d Digest) Less(e Digest) Digest {
	low, borrow := bits.Sub64(d[0], e[0], 0)
	high, _ := bits.Sub64(d[1], e[1], borrow)
	return Digest{low, high}
}

// DigestOf is the digest of a value that JSON can write.
func DigestOf(value any) Digest {
	hash := sha256.New()
	// These are values of our own types, which JSON can write, to a hash, which
	// takes everything.
	_ = json.NewEncoder(hash).Encode(value) //nolint:errchkjson // as said
	var d Digest
	for i, b := range hash.Sum(nil)[:16] {
		d[i/8] = d[i/8]<<8 | uint64(b)
	}
	return d
}

// originOf says which object something is compiled from.
func originOf(kind string, m *metav1.ObjectMeta, spec, status any, errs field.ErrorList) Origin {
	digest := IdentityOf(m)
	if m.UID == "" || m.Generation == 0 {
		digest = DigestOf([]any{kind, m.Name, m.Labels, spec})
	}
	return Origin{
		Name: m.Name, ResourceVersion: m.ResourceVersion, Generation: m.Generation,
		Digest: digest, Reported: DigestOf(status), Errs: errs,
	}
}

// IdentityOf identifies what an object says: the API server counts changes of a
// spec in metadata.generation, and of the rest of the metadata only labels matter.
// An object that never was there is identified by the spec itself, and not by this.
func IdentityOf(m metav1.Object) Digest {
	return DigestOf([]any{m.GetName(), m.GetUID(), m.GetGeneration(), m.GetLabels()})
}

// refreshed is the origin of the same object as it is now; false if it says
// something else.
func (o *Origin) refreshed(m *metav1.ObjectMeta, status any) (Origin, bool) {
	if m.UID == "" || m.Generation == 0 || IdentityOf(m) != o.Digest {
		return Origin{}, false
	}
	now := *o
	now.ResourceVersion, now.Reported = m.ResourceVersion, DigestOf(status)
	return now, true
}

// Refreshed is the Tenant as it is now: compiled again only if it says something else.
func (c *CompiledTenant) Refreshed(t *v1alpha1.Tenant) *CompiledTenant {
	origin, same := c.refreshed(&t.ObjectMeta, TenantReport(&t.Status))
	if !same {
		return Tenant(t)
	}
	now := *c
	now.Origin = origin
	return &now
}

// Refreshed is the LegalEntity as it is now: compiled again only if it says
// something else.
func (c *CompiledEntity) Refreshed(e *v1alpha1.LegalEntity) *CompiledEntity {
	origin, same := c.refreshed(&e.ObjectMeta, EntityReport(&e.Status))
	if !same {
		return LegalEntity(e)
	}
	now := *c
	now.Origin = origin
	return &now
}

// Identity is the Digest.
func (o *Origin) Identity() Digest { return o.Digest }
