package registers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/snapshot"
)

// publish tells what is known about each register, and, once every one of them
// was tried, hands their data on if it has changed.
func (l *Loader) publish() {
	defer l.report()
	for _, s := range l.states {
		// What is lost on disk is still in the merged layer.
		if (!s.tried && !l.first) || s.lost {
			return
		}
	}
	revision, missing := l.revision()
	if l.first && revision == l.published {
		return
	}
	merged, lost := l.merge()
	if lost {
		return
	}
	l.use(snapshot.Registers{Layer: merged, Revision: revision, Missing: missing})
	l.first, l.published = true, revision
	l.log.Info("Published the registers", "registers", len(l.states)-len(missing), "missing", len(missing))
}

// revision identifies all data in use, and lists the registers without any, both
// in the order of their names.
func (l *Loader) revision() (revision string, missing []string) {
	if len(l.states) == 0 {
		return "", nil
	}
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(l.states)) {
		s := l.states[name]
		if s.inUse == nil {
			missing = append(missing, name)
			fmt.Fprintf(hash, "%s is missing\n", name)
			continue
		}
		fmt.Fprintf(hash, "%s %s\n", name, s.inUse.Revision)
	}
	return hex.EncodeToString(hash.Sum(nil)), missing
}

// merge reads the compiled layers and makes one of them. While the merged layer
// is in use, no other has to be in memory. A layer that cannot be read back is
// lost: it is loaded again.
func (l *Loader) merge() (_ *ownership.Layer, lost bool) {
	var layers []*ownership.Layer
	for _, name := range slices.Sorted(maps.Keys(l.states)) {
		s := l.states[name]
		if s.inUse == nil {
			continue
		}
		layer, err := l.store.Layer(name, l.options.MemoryBytes)
		if err != nil {
			l.log.Error(err, "A register is lost and will be loaded again", "register", name)
			l.forget(name)
			s.inUse, s.tried, s.lost, s.attempted, s.due = nil, false, true, 0, l.clock.Now()
			l.notice()
			lost = true
			continue
		}
		layers = append(layers, layer.Named(name))
	}
	switch {
	case lost || len(layers) == 0:
		return nil, lost
	case len(layers) == 1:
		return layers[0], false
	default:
		return ownership.Merge(layers...), false
	}
}
