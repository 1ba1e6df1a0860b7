package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/persistent"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Registers is the ownership data that comes from OwnershipRegisters. The zero
// value is no register.
type Registers struct {
	// Layer is the data of all registers; nil for none.
	Layer *ownership.Layer
	// Revision identifies the data: replicas that have read the same files have
	// the same one. If it is empty, it is computed from the layer, which takes
	// time in proportion to its size.
	Revision string
	// Missing names the registers that should be in Layer and are not.
	Missing []string
}

// identity is what stands for the data in a revision.
func (r Registers) identity() string {
	revision := r.Revision
	if revision == "" && r.Layer != nil {
		hash := sha256.New()
		if err := r.Layer.Encode(hash); err != nil {
			return "registers: " + err.Error() // not reached: a hash takes everything
		}
		revision = hex.EncodeToString(hash.Sum(nil))
	}
	return fmt.Sprintf("registers %s missing %q", revision, slices.Sorted(slices.Values(r.Missing)))
}

// revision identifies all objects, in whatever order they came. Two replicas have
// the same revision when they have seen the same specs, labels and register data;
// what only touches status or other metadata does not change it.
func (o *Objects) revision() string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%x %s", o.sum, o.Registers.identity())
	for _, k := range o.Found {
		fmt.Fprintf(hash, " %s.%s", k.Resource, k.Group)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// graph links the LegalEntities with the registers; it takes over what is the same in
// an earlier graph.
func (o *Objects) graph(before *ownership.Graph) *ownership.Graph {
	return before.With(o.Registers.Layer, o.sources.Layer(), o.Registers.Missing...)
}

// declare brings sources up to date with the LegalEntities that changed. Of one with
// which anything is wrong nothing is known.
func (o *Objects) declare(before persistent.Map[*translate.CompiledEntity]) {
	changes := map[string]*ownership.Declaration{}
	for _, d := range differing(o.Entities, before) {
		changes[d.Key] = nil
		if d.After != nil && len(d.After.Errs) == 0 {
			changes[d.Key] = &d.After.Declaration
		}
	}
	o.sources = o.sources.With(changes)
}
