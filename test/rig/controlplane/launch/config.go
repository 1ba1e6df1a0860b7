package launch

import (
	"errors"
	"net"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	nodefast "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	nodelease "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
)

// auditPolicy records who did what to which object, and the annotations that
// admission adds, but no bodies.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

// users are the clients of the API server and who they are to it.
var users = map[string][]string{
	"admin":                   {"admin", "system:masters"},
	"kube-controller-manager": {"system:kube-controller-manager"},
	"kube-scheduler":          {"system:kube-scheduler"},
	"kwok":                    {"kwok", "system:masters"},
}

// configure writes certificates, kubeconfigs and configuration files.
func configure(f folder, o Options, server string) error {
	ca, err := newAuthority(f.path("pki"), "ca")
	if err != nil {
		return err
	}
	// Without an authority for aggregated API servers, the controllers and the
	// scheduler log errors for ever.
	if _, err := newAuthority(f.path("pki"), "front-proxy-ca"); err != nil {
		return err
	}
	kubernetesService := net.IP(o.ServiceRange.Addr().Next().AsSlice())
	if err := ca.server("apiserver", []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, kubernetesService},
		[]string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}); err != nil {
		return err
	}
	if _, _, err := ca.client("service-accounts", "service-accounts"); err != nil { // only its key is used
		return err
	}
	for name, id := range users {
		cert, key, err := ca.client(name, id[0], id[1:]...)
		if err != nil {
			return err
		}
		path := f.path("config", name+".kubeconfig")
		if name == "admin" {
			path = f.path(adminKubeconfig)
		}
		if err := clientcmd.WriteToFile(kubeconfig(server, name, ca.pem, cert, key), path); err != nil {
			return err
		}
	}
	stages := strings.Join([]string{
		nodefast.DefaultNodeInit, nodelease.DefaultNodeHeartbeatWithLease,
		podfast.DefaultPodReady, podfast.DefaultPodComplete, podfast.DefaultPodDelete,
	}, "\n---\n")
	return errors.Join(
		os.WriteFile(f.path("config", "kwok.yaml"), []byte(stages), 0o600),
		os.WriteFile(f.path("config", "audit-policy.yaml"), []byte(auditPolicy), 0o600))
}

// kubeconfig needs no other file, so that it can be copied.
func kubeconfig(server, user string, ca, cert, key []byte) clientcmdapi.Config {
	c := clientcmdapi.NewConfig()
	c.Clusters["controlplane"] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca}
	c.AuthInfos[user] = &clientcmdapi.AuthInfo{ClientCertificateData: cert, ClientKeyData: key}
	c.Contexts["controlplane"] = &clientcmdapi.Context{Cluster: "controlplane", AuthInfo: user}
	c.CurrentContext = "controlplane"
	return *c
}
