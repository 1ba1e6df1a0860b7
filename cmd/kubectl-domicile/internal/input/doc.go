// Package input has the flags that commands share: which manifests to read, and
// which instant to ask about.
package input
