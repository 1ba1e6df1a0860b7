// Package synthetic makes up ownership registers of any size and of realistic
// shape, for tests, benchmarks and comparisons. Nothing in them is real: names
// are made of words, and no LEI has the prefix of an issuer.
//
// A Register is a description; parties and interests are computed when they are
// asked for, so that ten million of them take no memory. Equal descriptions give
// equal registers. A Register feeds an ownership.Builder, or is written in the
// three formats that Domicile reads.
package synthetic
