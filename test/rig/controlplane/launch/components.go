package launch

import "strconv"

// startStore starts etcd and the API server.
func startStore(p *processes, o Options, apiPort, etcdPort, peerPort int) error {
	f := p.folder
	client := "http://127.0.0.1:" + strconv.Itoa(etcdPort)
	peer := "http://127.0.0.1:" + strconv.Itoa(peerPort)
	if err := p.start("etcd",
		"--name=controlplane", "--data-dir="+f.path("etcd"), "--log-level=warn", "--unsafe-no-fsync",
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=controlplane="+peer,
	); err != nil {
		return err
	}
	args := []string{
		"--etcd-servers=" + client,
		"--bind-address=" + o.loopback(), "--advertise-address=" + o.loopback(), "--secure-port=" + strconv.Itoa(apiPort),
		"--endpoint-reconciler-type=none", // a loopback address is refused as an endpoint
		"--tls-cert-file=" + f.path("pki", "apiserver.crt"), "--tls-private-key-file=" + f.path("pki", "apiserver.key"),
		"--client-ca-file=" + f.path("pki", "ca.crt"),
		"--requestheader-client-ca-file=" + f.path("pki", "front-proxy-ca.crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--service-account-key-file=" + f.path("pki", "service-accounts.key"),
		"--service-account-signing-key-file=" + f.path("pki", "service-accounts.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-cluster-ip-range=" + o.ServiceRange.String(),
		"--authorization-mode=Node,RBAC",
		"--allow-privileged=true",
		"--audit-policy-file=" + f.path("config", "audit-policy.yaml"),
		"--audit-log-path=" + f.path("log", "audit.log"),
		"--audit-log-maxsize=4096", // one file: whoever follows it should not miss a rotation
	}
	return p.start("kube-apiserver", append(args, o.APIServerArgs...)...)
}

// startControllers starts what acts on the API server's objects.
func startControllers(p *processes, o Options) error {
	f := p.folder
	// Whoever runs this knows the logs; nobody scrapes these components.
	const noServer = "--secure-port=0"
	kubeconfig := func(name string) string { return "--kubeconfig=" + f.path("config", name+".kubeconfig") }
	if err := p.start("kube-controller-manager",
		kubeconfig("kube-controller-manager"), noServer, "--leader-elect=false",
		"--use-service-account-credentials=true",
		"--kube-api-qps=1000", "--kube-api-burst=1000", // or it spends its first 5 s waiting for its own rate limit
		"--service-account-private-key-file="+f.path("pki", "service-accounts.key"),
		"--root-ca-file="+f.path("pki", "ca.crt"),
		"--cluster-signing-cert-file="+f.path("pki", "ca.crt"), "--cluster-signing-key-file="+f.path("pki", "ca.key"),
	); err != nil {
		return err
	}
	if err := p.start("kube-scheduler", kubeconfig("kube-scheduler"), noServer, "--leader-elect=false"); err != nil {
		return err
	}
	return p.start("kwok", kubeconfig("kwok"), "--config="+f.path("config", "kwok.yaml"),
		"--manage-all-nodes=true", "--node-ip="+o.loopback(), "--node-lease-duration-seconds=40")
}
