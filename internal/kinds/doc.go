// Package kinds is the one table of the kinds that Domicile knows: what their
// resource is, how they are scaled, where their Pods come from, what suspends
// them, in which order, and which rights that takes. Admission's rules, growth,
// the scan, suspension and the generated roles read it, so that they cannot
// disagree.
package kinds
