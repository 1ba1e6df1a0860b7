package certificate

import (
	"bytes"
	"encoding/pem"
	"slices"
	"time"
)

const (
	// tell is how long API servers are given to learn of the CA of somebody else, who
	// replaces CA and certificate at once: they read the configuration from caches of
	// their own. It is less than settle, because the certificate before may end soon.
	tell = time.Minute
	// mostFormer bounds how many CAs of the time before are remembered.
	mostFormer = 4
)

// otherCAs are those of somebody else, such as cert-manager, who writes the newest one
// alone into the Secret.
type otherCAs struct {
	last    []byte
	formers []former
	// told is since when API servers have been told to trust a CA, as far as is known.
	told   []byte
	toldAt time.Time
}

// former is a CA of which some replica may serve a certificate still.
type former struct {
	ca    []byte
	until time.Time
}

// remember fills in the CAs of the time before, for which the Secret has no place. A
// replica that has just started knows them from what API servers trust: without that, a
// leader that starts meanwhile would take away what others serve with.
func (o *otherCAs) remember(m material, trusted []byte, now time.Time) material {
	before := [][]byte{o.last}
	if o.last == nil {
		before = certificates(trusted)
	}
	for _, ca := range before {
		if len(ca) > 0 && !bytes.Contains(m.caCert, bytes.TrimSpace(ca)) {
			o.formers = append(o.formers, former{ca, now.Add(settle)})
		}
	}
	o.last = bytes.Clone(m.caCert)
	o.formers = slices.DeleteFunc(o.formers, func(f former) bool {
		return now.After(f.until) || expired(f.ca, now) || bytes.Contains(m.caCert, bytes.TrimSpace(f.ca))
	})
	o.formers = o.formers[max(0, len(o.formers)-mostFormer):]
	m.previousCA = nil
	for _, f := range slices.Backward(o.formers) {
		m.previousCA = append(append(m.previousCA, bytes.TrimSpace(f.ca)...), '\n')
	}
	return m
}

// settles is how long API servers are given still that have been told of a CA.
func (o *otherCAs) settles(ca []byte, now time.Time) time.Duration {
	if !bytes.Equal(o.told, ca) {
		o.told, o.toldAt = bytes.Clone(ca), now
	}
	return max(0, tell-now.Sub(o.toldAt))
}

// certificates are those of a bundle, each by itself.
func certificates(bundle []byte) (list [][]byte) {
	for {
		block, rest := pem.Decode(bundle)
		if block == nil {
			return list
		}
		list, bundle = append(list, pem.EncodeToMemory(block)), rest
	}
}
