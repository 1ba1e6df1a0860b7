// Package snapshot builds what admission decides from, on every replica: the
// informers tell what changes, each object is compiled once, and the next snapshot
// is made from the last one. It also reads live what is too new for the informers.
//
// The snapshot itself is in internal/snapshot. Who imports both calls this package
// snapshotbuilder.
package snapshot
