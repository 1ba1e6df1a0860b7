// Package schema validates Domicile's own kinds without a cluster, by the API
// server's own code and the CustomResourceDefinitions that are installed into
// it: unknown fields, defaults, OpenAPI schema, sets and CEL rules, in the order
// of a CREATE request. What is certainly valid is found faster, from the same
// schemas: the server's code is asked about the rest, and has the words for errors.
package schema
