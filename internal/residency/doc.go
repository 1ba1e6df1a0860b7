// Package residency decides. It knows policies, tenants and requests as plain
// values and nothing of Kubernetes.
//
// Evaluate answers what one policy does with one tenant; Decide answers a whole
// request: who the object belongs to, whether it may claim that, and what each
// policy that covers it says. Both are total, deterministic and pure: time
// arrives in the request, limits are findings, and there is no error to handle.
package residency
