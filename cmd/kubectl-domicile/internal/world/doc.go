// Package world makes what decisions are made from: out of manifests, with no
// cluster, or out of a live cluster with the user's own rights.
//
// In manifests, Domicile's own kinds and Namespaces are the world, and every
// other object is one that is to be created in it. What the API server or the
// webhook would refuse an object of the world for is an error with file and
// line; nothing is decided in a world that is wrong.
package world
