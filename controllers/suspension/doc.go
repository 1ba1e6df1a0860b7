// Package suspension makes "deactivated" true for what already runs, and
// reversible. Where a policy says existing: Suspend, the workloads of tenants
// that are Restricted and denied are suspended, bare Pods are evicted, and the
// data of API-key Secrets moves to Domicile's own namespace. When that is over
// everything comes back as it was. Nothing is deleted that is not kept.
//
// An audit says what there is (Observe, Audited). The Suspender of the leader
// works it off, one write at a time: before each write it waits for the rate to
// allow it, reads the object, decides again from the newest snapshot, and then
// makes the one next write that the state which it has read asks for. It keeps
// nothing in memory that it needs for that, so whoever goes on after a crash
// between any two writes does what would have been done anyway.
package suspension
