// Package schema validates Domicile's own kinds without a cluster, by the API
// server's own code and the CustomResourceDefinitions that are installed into
// it: unknown fields, defaults, OpenAPI schema, sets and CEL rules, in the order
// of a CREATE request.
package schema
