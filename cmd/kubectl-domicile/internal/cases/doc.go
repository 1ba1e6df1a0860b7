// Package cases is kubectl domicile test: it runs cases, which are manifests with
// the decisions that users expect from them.
package cases
