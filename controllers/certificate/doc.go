// Package certificate serves the webhook's certificate, on every replica: it issues
// and renews what is in one Secret, and swaps what is served when API servers trust
// the new one.
package certificate
