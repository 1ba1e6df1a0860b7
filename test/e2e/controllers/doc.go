// Package controllers suspends what other projects' controllers run, and gives it back,
// with these controllers running: KubeRay, JobSet, LeaderWorkerSet, Argo Rollouts, KEDA, KServe and Kueue,
// compiled from their releases ("make test-controllers" does), with their own definitions,
// roles, webhooks and service accounts, on a real control plane with the chart and real
// managers.
//
// Of each kind a story is told: an object of a restricted tenant is refused; one that runs
// may shrink and not grow; it is suspended, until its controller's own status says so; and
// it comes back when the owner has sold, and when an exemption says so, until its
// controller's own status says that it runs. In between the controller has no rights and
// does nothing, and Domicile may not say that everything is as it should be.
//
// Nodes are simulated. They end what Jobs run at once, so Pods of Jobs ask for a node that
// there is none of, and the tests play the kubelet for them: they say in status that such a
// Pod runs. Webhooks are served by the controllers; their configurations lead to an address
// in place of a Service, and the tests issue the certificate, as cert-manager would.
// Of each release one program runs: KEDA's operator asks no metrics server, so that it scales
// between bounds alone, and nobody serves its webhook, which fails open.
package controllers
