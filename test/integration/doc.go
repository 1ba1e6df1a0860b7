// Package integration tests admission as users meet it: against a real API
// server that asks three replicas of the real manager, installed by the real
// chart (see test/cluster).
package integration
