// Package webhookconfig renders the webhook configuration from the policies, and puts
// it back when somebody changes it. The leader alone writes it.
package webhookconfig
