// Package keys finds the holder of an API key by its digest: a table of a million
// keys in a hundred bytes each, kept current by a watch of the metadata of Secrets.
// Where values are read, digests of them stay and nothing else.
package keys
