// Package check is kubectl domicile check: it evaluates manifests without a
// cluster, along the same path as the admission webhook.
package check
