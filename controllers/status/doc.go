// Package status writes what was found out into the status of policies, tenants,
// legal entities and exemptions. It plans from the current snapshot what each should
// say, and the leader writes what differs, at a bounded rate.
package status
