// Package metric has what the metrics of controllers share.
package metric
