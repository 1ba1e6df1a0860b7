package cluster

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/utils/ptr"
)

// tokenSeconds is how long a replica's token is good for: no cluster of ours
// lives longer, so nothing needs to renew it as a kubelet would.
const tokenSeconds = 24 * 60 * 60

// credentials writes a kubeconfig that makes its bearer a service account, and leads to
// the API server at an address.
func (c *Cluster) credentials(ctx context.Context, namespace, serviceAccount, address, path string) error {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To[int64](tokenSeconds)}}
	token, err := c.client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, serviceAccount, request, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("token for service account %s/%s: %w", namespace, serviceAccount, err)
	}
	k := clientcmdapi.NewConfig()
	k.Clusters["cluster"] = &clientcmdapi.Cluster{Server: "https://" + address, TLSServerName: "kubernetes.default.svc", CertificateAuthorityData: c.config.CAData}
	k.AuthInfos[serviceAccount] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	k.Contexts["cluster"] = &clientcmdapi.Context{Cluster: "cluster", AuthInfo: serviceAccount, Namespace: namespace}
	k.CurrentContext = "cluster"
	return clientcmd.WriteToFile(*k, path)
}
