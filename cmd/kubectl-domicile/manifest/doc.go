// Package manifest reads Kubernetes manifests as kubectl does, YAML and JSON,
// and remembers where in its file every field stands, so that whatever is wrong
// with one can be said with file and line.
//
// Values are what kubectl's own library makes of the text. A position-keeping
// parser reads it first. A document in which everything certainly means the same
// to both is not read again; any other is decoded by kubectl's library, and the
// two must agree on every map and list. Text that can be read in more than one
// way, such as a key that is set twice, is an error and never a guess. Files,
// documents, nesting and what YAML aliases expand to are bounded.
package manifest
