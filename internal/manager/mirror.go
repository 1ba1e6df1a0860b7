package manager

import (
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/controllers/mirror"
	rendered "github.com/domicile-dev/domicile/internal/mirror"
)

// newMirror makes what keeps the mirror; nil if there is to be none.
func (p *parts) newMirror() (*mirror.Controller, error) {
	o, mgr := p.options, p.manager
	if o.mirrorClusterRole == "" {
		return nil, nil
	}
	servers, err := mirror.NewAPIServers(mgr.GetConfig(), o.namespace)
	if err != nil {
		return nil, fmt.Errorf("find the API servers: %w", err)
	}
	c, err := mirror.New(mgr.GetClient(), mgr.GetAPIReader(), p.snapshots, servers, mgr.Elected(), mirror.Options{
		Options: rendered.Options{Namespace: o.namespace, ExcludedNamespaces: o.excludedNamespaces}, ClusterRole: o.mirrorClusterRole, Version: versionLabel(),
	}, mgr.GetEventRecorder("domicile"), p.clock, metrics.Registry)
	if err != nil {
		return nil, fmt.Errorf("make the mirror: %w", err)
	}
	return c, c.SetupWithManager(mgr)
}

// checkFailurePolicy checks a flag. Without the mirror, Ignore would let everybody in.
func (o *options) checkFailurePolicy() error {
	switch admissionv1.FailurePolicyType(o.webhookFailurePolicy) {
	case admissionv1.Fail:
		return nil
	case admissionv1.Ignore:
		if o.mirrorClusterRole == "" {
			return fmt.Errorf("--webhook-failure-policy %s: needs --mirror-cluster-role", o.webhookFailurePolicy)
		}
		return nil
	default:
		return fmt.Errorf("--webhook-failure-policy %q: must be %s or %s", o.webhookFailurePolicy, admissionv1.Fail, admissionv1.Ignore)
	}
}
