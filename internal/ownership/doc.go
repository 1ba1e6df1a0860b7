// Package ownership holds the ownership graph and the rules that trace
// restriction through it.
//
// A Builder collects parties and interests from any number of sources in any
// order; Build returns an immutable Graph. Graph.At gives the View of one day,
// with the records of each holder, subject and kind merged into one Holding.
// View.Trace computes which parties are restricted, definitely and possibly.
//
// All arithmetic is on integers of 10⁻⁷ percent, so that exactly 50 % is
// exactly 50 %.
package ownership
