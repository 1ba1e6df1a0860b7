// Package report writes the results of a check: as a table for people, as JSON
// for programs, as SARIF 2.1.0 for code scanning and as JUnit XML for test
// reports.
package report
