// Package mirror says to the API server who is refused for certain: a
// ValidatingAdmissionPolicy with the names of the tenants that a world refuses at an
// instant. The API server enforces it by itself, also while no replica answers.
//
// It refuses less than the webhook, and nothing that the webhook would admit. What CEL
// cannot say, or what is in doubt, is left to the webhook.
package mirror
