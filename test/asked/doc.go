// Package asked tests what the API server asks the webhook about, and what it lets
// through by itself, as the webhook configuration says: against the webhook, which must
// have passed all of that without knowing anything, and on a real API server that the
// webhook does not answer.
package asked
