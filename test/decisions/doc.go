// Package decisions is the decision corpus: manifests with the decisions that
// must follow from them. The core, the webhook and the command line each run
// all of it and must agree. A bug is fixed by first adding a case.
//
// A case is a txtar archive in this folder, in the form of docs/testing.md, which
// users write as well: kubectl domicile test runs it. Its comment says in a
// sentence why the case matters; a line "at: 2026-07-01T12:00:00Z" in it sets the
// instant of the decision (expectation.DefaultAt without it). The files are
//
//	input.yaml     TenantPolicies, Tenants, LegalEntities, OwnershipRegisters,
//	               TenantExemptions, Namespaces and the objects that are created in that world
//	expected.yaml  the results for all those objects, in the order of the
//	               input and in the form of kubectl domicile check -o json
//	any other      a file of an OwnershipRegister, by the name that its
//	               spec.source.file.paths has
//
// A register none of whose files is in the archive is one that a manager could
// not load.
//
// Domicile's own kinds and Namespaces are the world; every other object is
// admitted into it as a CREATE by a user who may do everything.
package decisions
