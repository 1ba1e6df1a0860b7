// Package monitoring holds the tests of what watches Domicile: alert rules with
// unit tests of their own (testdata/*.test.yaml, run by promtool), runbooks, the
// Grafana dashboard, and that all of them speak of metrics that exist.
package monitoring
