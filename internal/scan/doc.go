// Package scan goes over what a cluster runs and says of each object what
// admission would: it lists what policies cover, page by page, keeps nothing,
// and asks residency.Decide. The audit, suspension and the impact command see
// the cluster through it, so no rule stands twice.
package scan
