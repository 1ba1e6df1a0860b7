// Package registers loads OwnershipRegisters on every replica, one at a time, and
// hands their data, merged, to whoever builds snapshots. The leader writes what was
// found out into their status.
package registers
