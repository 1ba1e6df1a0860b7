package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/discovery"
)

// mirrors says whether the API server can have a mirror: docs/mirror.md.
func (t *teller) mirrors() (bool, error) {
	c, err := discovery.NewDiscoveryClientForConfig(t.cluster.Config())
	if err != nil {
		return false, err
	}
	told, err := c.ServerVersion()
	if err != nil {
		return false, err
	}
	v, err := version.ParseGeneric(told.GitVersion)
	return err == nil && v.AtLeast(version.MustParseGeneric("1.36.0")), err
}

// mirror switches the mirror on.
func (t *teller) mirror(ctx context.Context) error {
	if can, err := t.mirrors(); err != nil || !can {
		return err
	}
	t.narrator.chapter("What if all replicas are away? With the mirror, the API server refuses by itself whom policies refuse for certain.")
	args, err := t.chart(t.settings, "mirror.enabled=true", "mirror.webhookFailurePolicy=Ignore")
	if err != nil {
		return err
	}
	if err := t.helm(ctx, admitted("STATUS: deployed"), args...); err != nil {
		return err
	}
	if err := t.rolledOut(ctx); err != nil {
		return err
	}
	if t.manager != nil {
		if err := t.manager.Redeploy(ctx, namespace, "domicile"); err != nil {
			return err
		}
	}
	return t.kubectl(ctx, admitted("condition met"), "wait", "tenantpolicy/residency", "--for=condition=Mirrored", "--timeout=90s")
}

// outage stops all replicas.
func (t *teller) outage(ctx context.Context) error {
	if can, err := t.mirrors(); err != nil || !can {
		return err
	}
	t.narrator.chapter("All replicas are stopped. The restricted tenant is refused, and the clean one goes on.")
	if err := t.stopAll(ctx); err != nil {
		return err
	}
	byItself := expectation{fails: true, says: []string{"domicile-mirror", "denied request", "tenant lantern is refused", "kubectl domicile explain tenant/lantern"}}
	if err := t.kubectl(ctx, byItself, "apply", "-f", "test/demo/lantern.yaml", "-l", "app=lantern-chat"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("scaled"), "scale", "deployment/meridian-chat", "-n", "inference", "--replicas=3"); err != nil {
		return err
	}
	return t.startAll(ctx)
}

func (t *teller) stopAll(ctx context.Context) error {
	if t.manager == nil {
		if err := t.kubectl(ctx, admitted("scaled"), "scale", "deployment/domicile", "--namespace", namespace, "--replicas=0"); err != nil {
			return err
		}
		return t.kubectl(ctx, admitted("condition met"), "wait", "pods", "--namespace", namespace,
			"--selector=app.kubernetes.io/name=domicile", "--for=delete", "--timeout=90s")
	}
	for i := range t.manager.Replicas() {
		if err := t.manager.StopReplica(i); err != nil {
			return err
		}
	}
	t.narrator.answer(fmt.Sprintf("All %d managers have ended.", t.manager.Replicas()))
	return nil
}

func (t *teller) startAll(ctx context.Context) error {
	if t.manager == nil {
		if err := t.kubectl(ctx, admitted("scaled"), "scale", "deployment/domicile", "--namespace", namespace, "--replicas=3"); err != nil {
			return err
		}
		return t.rolledOut(ctx)
	}
	for i := range t.manager.Replicas() {
		if err := t.manager.StartReplica(ctx, i); err != nil {
			return err
		}
	}
	return nil
}
