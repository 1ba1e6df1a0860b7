// Package docs tests that what the documentation names is there: files that it
// links, tests that show what the threat model claims, make targets, flags and
// metrics, and the policy that README.md shows.
package docs
