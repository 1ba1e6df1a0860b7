package main

import (
	"context"
	"net"
	"net/netip"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// servicePort is that of the Services; anybody may listen on it.
const servicePort = 8443

func serviceName(c contestant) string { return "bench-" + c.namespace() }

// configure has the API server ask a webhook, by way of a Service as for Domicile's.
func (r *rig) configure(ctx context.Context, c contestant, bundle []byte, at netip.AddrPort) error {
	name := serviceName(c)
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: name},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: servicePort}}},
	}
	if err := r.Create(ctx, service); err != nil {
		return err
	}
	if err := r.Forward(ctx, systemNamespace, name, at); err != nil {
		return err
	}
	err := cluster.Poll(ctx, c.String(), func(ctx context.Context) (bool, error) {
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", at.String())
		if err != nil {
			return false, err
		}
		return true, connection.Close()
	})
	if err != nil {
		return err
	}
	return r.Create(ctx, &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: c.namespace() + ".bench.domicile.dev",
			ClientConfig: admissionregistrationv1.WebhookClientConfig{
				Service:  &admissionregistrationv1.ServiceReference{Namespace: systemNamespace, Name: name, Path: ptr.To(path), Port: ptr.To(int32(servicePort))},
				CABundle: bundle,
			},
			Rules:                   rulesOf(c),
			NamespaceSelector:       only(c),
			SideEffects:             ptr.To(admissionregistrationv1.SideEffectClassNone),
			AdmissionReviewVersions: []string{"v1"},
		}},
	})
}

// only selects a contestant's namespace.
func only(c contestant) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: c.namespace()}}
}

// rulesOf are what a webhook is asked about. A Validator knows one kind.
func rulesOf(c contestant) []admissionregistrationv1.RuleWithOperations {
	rules := []admissionregistrationv1.RuleWithOperations{ruleFor("", "pods")}
	if c == validator {
		return rules
	}
	return append(rules, ruleFor("", "secrets"), ruleFor("apps", "deployments"))
}

func ruleFor(group string, resources ...string) admissionregistrationv1.RuleWithOperations {
	return admissionregistrationv1.RuleWithOperations{
		Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update},
		Rule:       admissionregistrationv1.Rule{APIGroups: []string{group}, APIVersions: []string{"v1"}, Resources: resources},
	}
}

// bound restricts a policy to a contestant's namespace.
func bound(c contestant) *admissionregistrationv1.MatchResources {
	return &admissionregistrationv1.MatchResources{NamespaceSelector: only(c)}
}
