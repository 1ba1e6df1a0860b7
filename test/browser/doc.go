// Package browser opens what the plugin writes for browsers in one, and tests it
// as people use it. It is a module of its own, so that nothing of Domicile
// depends on a library that drives browsers.
package browser
