package launch

import (
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"strconv"
)

// Options says where and how a control plane runs.
type Options struct {
	// Dir is the data folder. It must be absent, empty or left over from an
	// earlier control plane.
	Dir string
	// APIPort is the port of the API server; 0 chooses a free one.
	APIPort int
	// Nodes is the number of simulated nodes.
	Nodes int
	// ServiceRange is the range of Service addresses.
	ServiceRange netip.Prefix
	// Assets is a folder whose etcd and kube-apiserver are run instead of the
	// built-in ones; what it does not have is built in. It may be empty.
	Assets string
	// APIServerArgs are further flags of kube-apiserver.
	APIServerArgs []string
	// Revive starts a component again that ends, as a kubelet would. Without it the
	// whole control plane ends with one.
	Revive bool
	// Progress is told what is done and how long it took.
	Progress io.Writer
}

// args are the flags of "controlplane up" that mean the same.
func (o Options) args() []string {
	args := []string{
		"--dir=" + o.Dir,
		"--api-port=" + strconv.Itoa(o.APIPort),
		"--nodes=" + strconv.Itoa(o.Nodes),
		"--service-cluster-ip-range=" + o.ServiceRange.String(),
		"--assets=" + o.Assets,
	}
	if o.Revive {
		args = append(args, "--revive")
	}
	for _, a := range o.APIServerArgs {
		args = append(args, "--kube-apiserver-arg="+a)
	}
	return args
}

// loopback is the API server's address: it has to be of the Services' family.
func (o Options) loopback() string {
	if o.ServiceRange.Addr().Is4() {
		return "127.0.0.1"
	}
	return "::1"
}

// absolute has the folders of o as absolute paths.
func (o Options) absolute() (Options, error) {
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return o, err
	}
	if o.Assets != "" {
		if o.Assets, err = filepath.Abs(o.Assets); err != nil {
			return o, err
		}
	}
	if o.Nodes < 0 || o.Nodes > 1000 {
		return o, fmt.Errorf("--nodes must be from 0 to 1000, not %d", o.Nodes)
	}
	if o.ServiceRange.Addr().BitLen()-o.ServiceRange.Bits() < 2 {
		return o, fmt.Errorf("--service-cluster-ip-range must be a range of at least four addresses, not %s", o.ServiceRange)
	}
	o.ServiceRange = o.ServiceRange.Masked()
	return o, nil
}
