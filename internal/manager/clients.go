package manager

import (
	"fmt"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
)

// clients are for objects of any kind, which the cache does not have.
type clients struct {
	objects dynamic.Interface
	// metadata reads metadata only, so that no data of a Secret crosses the wire.
	metadata metadata.Interface
	served   discovery.DiscoveryInterface
}

func newClients(config *rest.Config) (c clients, err error) {
	if c.objects, err = dynamic.NewForConfig(config); err != nil {
		return c, fmt.Errorf("make a client for objects: %w", err)
	}
	if c.metadata, err = metadata.NewForConfig(config); err != nil {
		return c, fmt.Errorf("make a client for metadata: %w", err)
	}
	if c.served, err = discovery.NewDiscoveryClientForConfig(config); err != nil {
		return c, fmt.Errorf("make a client for discovery: %w", err)
	}
	return c, nil
}
