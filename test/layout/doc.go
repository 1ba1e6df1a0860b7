// Package layout holds the tests of the repository's shape: who may link whom,
// where packages live and how long a file may be. The linter refuses the same
// imports while one types; these tests look at what is really linked.
package layout
