// Package filled fills a cluster for a benchmark: with policies, LegalEntities and Tenants,
// of which most are written to etcd directly, and with a compiled register.
package filled
