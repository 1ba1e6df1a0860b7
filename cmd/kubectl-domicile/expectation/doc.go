// Package expectation reads cases: manifests with the decisions that must follow
// from them, and compares the decisions that do. docs/testing.md describes the
// form. kubectl domicile test runs cases of users, and test/decisions those of
// this project.
package expectation
