// Package contact proves, every few seconds, that what this replica has watched is
// not older than a bound. A watch that is silent proves nothing: the API server may
// have nothing to tell, or the connection may be dead. So the informers' watches are
// made of short rounds, and each round is held against a consistent read
// (docs/adr/0019-contact-is-proven.md).
package contact
