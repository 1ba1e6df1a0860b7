// Package informers has what the manager reads from its cache: which kinds, how much
// of each, and that there are informers of them before anything runs.
package informers
