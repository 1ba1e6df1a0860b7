// Package mirror tests what the mirror refuses: never more than the webhook. The API
// server's own code evaluates it, in this process.
package mirror
