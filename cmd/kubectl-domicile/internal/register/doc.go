// Package register is kubectl domicile register: it looks at the files of an
// ownership register, compiles them for fast loading, and pushes them to an OCI
// registry.
package register
