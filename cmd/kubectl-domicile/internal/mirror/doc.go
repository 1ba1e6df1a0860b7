// Package mirror is kubectl domicile mirror: what the API server refuses by itself, as
// files.
package mirror
