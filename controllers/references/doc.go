// Package references knows what workloads refer to: whose each Secret is, and what each
// ServiceAccount means for who runs as it. It learns that from watches, and keeps no
// more of an object than the answer needs. Of a Secret only the metadata arrive.
package references
