// Package manifest reads Kubernetes manifests as kubectl does, YAML and JSON,
// and remembers where in its file every field stands, so that whatever is wrong
// with one can be said with file and line.
//
// Values are decoded by the same library as kubectl's; a second, position-keeping
// reading of the same text must agree with it on every map and list. Text that
// can be read in more than one way, such as a key that is set twice, is an error
// and never a guess. Files, documents, nesting and what YAML aliases expand to
// are bounded.
package manifest
