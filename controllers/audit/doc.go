// Package audit finds what admission could not: objects that are older than a
// policy, that were created while nobody answered or under an exemption that has
// expired, static Pods, and everything of a tenant whose verdict has changed. It
// runs on the leader, keeps counts and no objects, and tells what it finds in
// reports (one for each namespace), in the status of policies, in events and in
// metrics.
package audit
