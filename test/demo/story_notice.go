package main

import (
	"context"
	"fmt"
	"time"
)

// notice is the folder of the manifests of what follows.
const notice = "test/demo/notice"

// noticeSeconds is how long the notice period still is when the story moves its
// end close. It is enough for one more command.
const noticeSeconds = 10

// announce announces a policy with a date.
func (t *teller) announce(ctx context.Context) error {
	t.narrator.chapter("Harbour runs here. A policy against its owner's jurisdiction is planned: what will it cost?")
	if err := t.kubectl(ctx, admitted("deployment.apps/harbour-chat created", "secret/harbour-api-key created"), "apply", "-f", notice+"/harbour.yaml"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("successfully rolled out"), "rollout", "status", "deployment/harbour-chat", "-n", "harbour", "--timeout=90s"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("harbour", "USD", "1200000", "Dvina Capital"), "domicile", "impact", "-f", notice+"/policy.yaml",
		"--register", "global="+registers, "--register", "nordic="+registers, "--register", "leads="+registers); err != nil {
		return err
	}
	t.narrator.say("It is announced with its date. Until then Harbour may grow, with a warning.")
	if err := t.kubectl(ctx, admitted("tenantpolicy.domicile.dev/announced created"), "apply", "-f", notice+"/policy.yaml"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("condition met"), "wait", "--for=condition=Ready", "tenantpolicy/announced", "--timeout=60s"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("Warning: from 2027-03-01T00:00:00Z policy announced does not admit tenant harbour", "scaled"),
		"scale", "deployment/harbour-chat", "-n", "harbour", "--replicas=4"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("NoticePeriodEnds", "2027-03-01T00:00:00Z"), "get", "tenant/harbour", "-o", "jsonpath={.status.verdicts[0]}")
}

// effective lets the date pass.
func (t *teller) effective(ctx context.Context) error {
	t.narrator.chapter("The date passes. To see that today, it is moved close; after that nobody touches anything.")
	date := time.Now().Add(noticeSeconds * time.Second).UTC().Format(time.RFC3339)
	if err := t.kubectl(ctx, admitted("patched"), "patch", "tenantpolicy/announced", "--type=merge",
		"-p", fmt.Sprintf(`{"spec":{"enforcement":{"effectiveFrom":%q}}}`, date)); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("condition met"), "wait", "tenant/harbour", "--for=jsonpath={.status.verdicts[0].action}=Deny", "--timeout=60s"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, refused("Harbour AI Pte. Ltd. (SG)", "80 %", "Dvina Capital"), "scale", "deployment/harbour-chat", "-n", "harbour", "--replicas=5"); err != nil {
		return err
	}
	t.narrator.say("What already ran is suspended: the Deployment has no pods, and the API key is held.")
	return t.suspended(ctx)
}

// suspended shows that Harbour is.
func (t *teller) suspended(ctx context.Context) error {
	if err := t.kubectl(ctx, admitted("condition met"), "wait", "deployment/harbour-chat", "-n", "harbour", "--for=jsonpath={.spec.replicas}=0", "--timeout=60s"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("condition met"), "wait", "secret/harbour-api-key", "-n", "harbour",
		`--for=jsonpath={.metadata.labels.domicile\.dev/suspended}=true`, "--timeout=60s"); err != nil {
		return err
	}
	key := expectation{says: []string{"domicile.dev/held-in"}, never: []string{"token"}}
	if err := t.kubectl(ctx, key, "get", "secret/harbour-api-key", "-n", "harbour", "-o", "yaml"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("condition met"), "wait", "tenantpolicy/announced", "--for=condition=Suspension", "--timeout=60s")
}

// report shows what the audit has written.
func (t *teller) report(ctx context.Context) error {
	t.narrator.chapter("The audit has found it all, and says so where other policy tools do.")
	return t.kubectl(ctx, admitted("harbour-chat", "Dvina Capital"), "get", "reports.openreports.io", "-n", "harbour", "-o", "yaml")
}

// exempt grants a licence.
func (t *teller) exempt(ctx context.Context) error {
	t.narrator.chapter("Compliance grants a licence. Dana must not, whatever she may edit; Carla may, and nothing else. Everything comes back as it was.")
	if err := t.kubectl(ctx, admitted("created"), "apply", "-f", notice+"/approver.yaml"); err != nil {
		return err
	}
	forbidden := expectation{fails: true, says: []string{"Forbidden", "tenantexemptions"}}
	if err := t.kubectl(ctx, forbidden, "create", "-f", notice+"/exemption.yaml", "--as=dana"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("created"), "create", "-f", notice+"/exemption.yaml", "--as=carla"); err != nil {
		return err
	}
	if err := t.restored(ctx); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("harbour-wind-down", "InEffect"), "get", "tenantexemptions"); err != nil {
		return err
	}
	t.narrator.say("It is withdrawn, and Harbour is suspended again.")
	if err := t.kubectl(ctx, admitted("deleted"), "delete", "-f", notice+"/exemption.yaml", "--as=carla"); err != nil {
		return err
	}
	return t.suspended(ctx)
}

// restored shows that Harbour is as it was.
func (t *teller) restored(ctx context.Context) error {
	if err := t.kubectl(ctx, admitted("condition met"), "wait", "deployment/harbour-chat", "-n", "harbour", "--for=jsonpath={.spec.replicas}=4", "--timeout=60s"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("successfully rolled out"), "rollout", "status", "deployment/harbour-chat", "-n", "harbour", "--timeout=90s"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("condition met"), "wait", "secret/harbour-api-key", "-n", "harbour", "--for=jsonpath={.data.token}", "--timeout=60s")
}

// soldAgain sells the subsidiary.
func (t *teller) soldAgain(ctx context.Context) error {
	t.narrator.chapter("Dvina Capital sells Harbour to a Canadian pension fund, and everything comes back.")
	if err := t.kubectl(ctx, admitted("legalentity.domicile.dev/harbour configured"), "apply", "-f", notice+"/sold.yaml"); err != nil {
		return err
	}
	return t.restored(ctx)
}
