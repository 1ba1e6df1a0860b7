// Package audit tests the audit where it runs: installed by the chart, with the
// rights that the chart gives it, beside admission and Kubernetes' own
// controllers. What it finds in which case is tested in controllers/audit.
package audit
