package main

import "context"

// tell tells the story, chapter by chapter, until an answer is not as expected.
func (t *teller) tell(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{
		t.policy, t.restricted, t.clean, t.explain, t.sold, t.serve, t.boughtBack, t.refuse, t.launder, t.shrink, t.registers,
		t.announce, t.effective, t.report, t.exempt, t.soldAgain,
		t.mirror, t.outage,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) policy(ctx context.Context) error {
	t.narrator.chapter("Say which jurisdictions this cluster does not serve.")
	if err := t.kubectl(ctx, admitted("tenantpolicy.domicile.dev/residency created"), "apply", "-f", "test/demo/policy.yaml"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("condition met"), "wait", "--for=condition=Ready", "tenantpolicy/residency", "--timeout=60s")
}

func (t *teller) restricted(ctx context.Context) error {
	t.narrator.chapter("A Singapore company, its owners and its Deployment arrive in one file. It sits in no blocked jurisdiction; it is held from one.")
	oneFile := refused("tenant.domicile.dev/lantern created", "namespace/inference created",
		"Lantern Singapore Pte. Ltd. (SG)", "68 %", "Lantern HK", "Lantern Holdings")
	oneFile.never = []string{"not known"} // everybody is in the file
	if err := t.kubectl(ctx, oneFile, "apply", "-f", "test/demo/lantern.yaml"); err != nil {
		return err
	}
	t.narrator.say("Its API key is refused as well.")
	key := refused("Lantern Singapore Pte. Ltd. (SG)")
	key.never = []string{"not-a-real-token"}
	return t.kubectl(ctx, key, "apply", "-f", "test/demo/lantern-api-key.yaml")
}

func (t *teller) clean(ctx context.Context) error {
	t.narrator.chapter("A clean tenant in the same namespace is admitted, and runs.")
	if err := t.kubectl(ctx, admitted("deployment.apps/meridian-chat created", "secret/meridian-api-key created"),
		"apply", "-f", "test/demo/meridian.yaml"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("successfully rolled out"),
		"rollout", "status", "deployment/meridian-chat", "-n", "inference", "--timeout=90s"); err != nil {
		return err
	}
	return t.kubectl(ctx, expectation{says: []string{"meridian-chat", "Running"}, never: []string{"lantern"}}, "get", "pods", "-n", "inference")
}

func (t *teller) explain(ctx context.Context) error {
	t.narrator.chapter("Ask why.")
	return t.kubectl(ctx, admitted("Lantern Singapore Pte. Ltd.", "Lantern HK", "Lantern Holdings", "Lantern Group", "CN"),
		"domicile", "explain", "tenant/lantern")
}

func (t *teller) sold(ctx context.Context) error {
	t.narrator.chapter("Lantern HK sells its shares to a Canadian pension fund. Nothing is restarted, and the same Deployment is admitted.")
	if err := t.kubectl(ctx, admitted("legalentity.domicile.dev/lantern-singapore configured"), "apply", "-f", "test/demo/lantern-sold.yaml"); err != nil {
		return err
	}
	if err := t.verdict(ctx, "lantern", "Clear"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("deployment.apps/lantern-chat created"), "apply", "-f", "test/demo/lantern.yaml", "-l", "app=lantern-chat"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("successfully rolled out"),
		"rollout", "status", "deployment/lantern-chat", "-n", "inference", "--timeout=90s")
}

// verdict waits until a tenant's status has a verdict.
func (t *teller) verdict(ctx context.Context, tenant, want string) error {
	return t.kubectl(ctx, admitted("condition met"), "wait", "tenant/"+tenant,
		"--for=jsonpath={.status.verdicts[0].verdict}="+want, "--timeout=60s")
}

func (t *teller) boughtBack(ctx context.Context) error {
	t.narrator.chapter("The shares are bought back. What runs may stay, but must not grow or change.")
	if err := t.kubectl(ctx, admitted("legalentity.domicile.dev/lantern-singapore configured"), "apply", "-f", "test/demo/lantern.yaml", "-l", "demo=ownership"); err != nil {
		return err
	}
	if err := t.verdict(ctx, "lantern", "Restricted"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, refused("Lantern Singapore Pte. Ltd. (SG)"), "scale", "deployment/lantern-chat", "-n", "inference", "--replicas=5"); err != nil {
		return err
	}
	return t.kubectl(ctx, refused("Lantern Singapore Pte. Ltd. (SG)"), "set", "image", "deployment/lantern-chat", "-n", "inference", "model=registry.k8s.io/pause:3.9")
}

func (t *teller) launder(ctx context.Context) error {
	t.narrator.chapter("Dana, who may edit everything in the namespace, says that it belongs to the clean tenant. That takes the right to bind tenants.")
	if err := t.kubectl(ctx, admitted("created"), "apply", "-f", "test/demo/editor.yaml"); err != nil {
		return err
	}
	return t.kubectl(ctx, refused("bind"), "annotate", "deployment/lantern-chat", "-n", "inference", "--overwrite", "domicile.dev/tenant=meridian-labs", "--as=dana")
}

func (t *teller) shrink(ctx context.Context) error {
	t.narrator.chapter("A restricted tenant may always shrink.")
	if err := t.kubectl(ctx, admitted("scaled"), "scale", "deployment/lantern-chat", "-n", "inference", "--replicas=1"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("Restricted", "Clear"), "get", "tenants.domicile.dev"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("deleted"), "delete", "deployment/lantern-chat", "-n", "inference")
}
