// Package controllers keeps the answer true after the request: it compiles the
// snapshot that admission decides from, writes what was found out into the
// status of policies, tenants and legal entities, renders the webhook
// configuration from the policies, and renews the certificate that the webhook
// serves with.
//
// Snapshots are built, and certificates served, on every replica. Status and
// the webhook configuration are written by the leader alone. Reconcilers compute
// what should be from an immutable input and write once, at the end, and only
// when something differs.
package controllers
