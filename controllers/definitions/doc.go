// Package definitions finds the kinds of a cluster that hold Pods by their
// CustomResourceDefinitions, so that policies cover them as soon as they appear, and
// tells which of them Domicile may not read.
package definitions
