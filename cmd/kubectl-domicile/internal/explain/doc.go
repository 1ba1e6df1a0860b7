// Package explain is kubectl domicile explain: what the policies find out about
// a tenant or a party, and why, from manifests or from a live cluster.
package explain
