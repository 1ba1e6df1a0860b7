package faults

import (
	"context"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

var planeFaults = []fault{
	{name: "api-server", what: "the API server ends by SIGKILL and starts again, twice", do: func(ctx context.Context, s *scene) (string, error) {
		return "", s.restart(ctx, "kube-apiserver")
	}},
	{name: "etcd", what: "etcd ends by SIGKILL and starts again, twice", do: func(ctx context.Context, s *scene) (string, error) {
		return "", s.restart(ctx, "etcd")
	}},
}

// restart has a component of the control plane end and start again, twice.
func (s *scene) restart(ctx context.Context, component string) error {
	for range 2 {
		if err := s.KillComponent(component); err != nil {
			return err
		}
		// Whoever leads may lose its lease and end.
		wait(ctx, 10*time.Second)
		if err := cluster.Poll(ctx, "the API server to be ready", func(ctx context.Context) (bool, error) {
			list := object(`{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}`)
			err := s.client.Get(ctx, client.ObjectKeyFromObject(list), list)
			return err == nil, err
		}); err != nil {
			return err
		}
		if err := s.mends(ctx); err != nil {
			return err
		}
	}
	return nil
}
