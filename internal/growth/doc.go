// Package growth says whether a change makes more of something: an object before
// and after it (as decoded JSON), and what grows. A restricted tenant may always
// shrink, and never grow. What suspends an object is shrinking because both come
// from the table of kinds.
package growth
