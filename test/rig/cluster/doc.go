// Package cluster runs Domicile the way that a cluster does, without containers:
// a control plane on loopback (bin/controlplane), the chart installed into it by
// helm, and this package in the place of the kubelet and of kube-proxy. It reads
// the Deployment and the Services from the API server, runs bin/manager once for
// each replica with exactly the arguments and the environment that they say and
// with the token of the service account that they name, asks the readiness
// probes, and forwards the Services' addresses to the replicas that are ready.
//
// Every cluster has addresses of its own (127.0.N.0/24 for Services, 127.1.N.0/24
// for replicas, or as many of IPv6Range), so that several can run on one machine. Nothing outlives the
// process that started a cluster.
package cluster
