// Package bypass tries the ways around admission that have been used, reported or fixed
// in this field, on a real control plane with the chart and real managers, as users with
// the rights of tenants: the role edit, everything in a namespace, and rights on
// Namespaces; none of them may bind or claim.
//
// An attack is a row of a table: its number or letter in the list of ways around, why it
// would be one, what is there before, the requests, and the reason for which each is to
// be refused. Each is tried twice, in two halves of the world that are alike: before any
// manager runs, when the API server and RBAC must let it through, so that the test can
// fail; and with Domicile running. In a full outage none of them gets through, either.
// What must never be blocked (number 33) is tried with Domicile off, on, and in that
// outage.
//
// What is no single request has tests of its own, in this package or in another one:
// elsewhere lists them.
//
// testdata/crds are definitions of KubeRay 1.5.0, JobSet 0.10.1, LeaderWorkerSet 0.7.0
// and KServe 0.15.2, made small by the command reduce.
package bypass
