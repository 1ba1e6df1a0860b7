// Package webhook answers admission requests. It is thin: a review is decoded
// once, what the decision needs is gathered, residency.Decide decides, and the
// answer is written. Each step has a file of its own, and everything between
// decoding and answering is plain values that tests can make by hand.
//
// Workloads, Namespaces, Secrets and scale subresources have one handler
// (WorkloadPath), because they share every rule but the way to the object.
// Domicile's own kinds are validated by Validator[T] with the functions that
// the controllers compile from.
//
// Whatever goes wrong on the way, the answer is never "allowed": what cannot be
// read is refused as a bad request, and what cannot be known yet is refused
// with status 503, so that the client may try again.
package webhook
