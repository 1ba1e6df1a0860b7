// Package report is what kubectl domicile impact tells, in an order that is
// fixed, and the ways to write it: a table, JSON and CSV.
package report
