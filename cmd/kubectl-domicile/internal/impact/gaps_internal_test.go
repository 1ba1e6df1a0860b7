package impact

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/internal/scan"
)

func TestRightsThatAreMissingAreOneWarning(t *testing.T) {
	t.Parallel()
	forbidden := func(resource string) scan.Gap { return scan.Gap{Resource: resource, Reason: scan.GapForbidden} }
	const begin = "you may not list everything that counts, and so the counts are too small: you need the verb \"list\" in the whole cluster on "
	for name, tc := range map[string]struct {
		reason    string
		gaps      []scan.Gap
		warnings  []string
		uncounted []string
	}{
		"none":         {"everything was seen", nil, nil, nil},
		"of no matter": {"whose Secrets a workload reads is not counted", []scan.Gap{forbidden("serviceaccounts")}, nil, nil},
		"a viewer": {
			"all that is needed stands in one line, in an order", []scan.Gap{forbidden("serviceaccounts"), forbidden("secrets"), forbidden("jobs.batch"), forbidden("pods")},
			[]string{begin + "jobs.batch, pods, secrets"}, []string{report.WorkloadsCount, report.GPUsCount, report.APIKeysCount},
		},
		"namespaces": {
			"they matter to every count", []scan.Gap{forbidden("namespaces")},
			[]string{begin + "namespaces. Without namespaces, what belongs to a tenant because of its namespace is not counted with the tenant"},
			[]string{report.WorkloadsCount, report.GPUsCount, report.APIKeysCount},
		},
		"a failure": {
			"each has a reason of its own", []scan.Gap{{Resource: "widgets.example.com", Reason: scan.GapFailed, Err: errors.New("conversion failed")}, forbidden("pods")},
			[]string{"widgets.example.com could not be listed, and so the counts may be too small: conversion failed", begin + "pods"},
			[]string{report.WorkloadsCount, report.GPUsCount},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &report.Report{}
			gaps(r, tc.gaps)
			if diff := cmp.Diff(tc.warnings, r.Warnings) + cmp.Diff(tc.uncounted, r.Uncounted); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
