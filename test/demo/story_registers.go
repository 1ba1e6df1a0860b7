package main

import "context"

// registers shows what nobody has typed in: three registers, each in a format of
// its own, that only together lead from a tenant to a blocked jurisdiction.
func (t *teller) registers(ctx context.Context) error {
	t.narrator.chapter("Nobody has declared who owns Northern Compute. Three registers know, each a part of it: GLEIF, BODS and FollowTheMoney.")
	if err := t.kubectl(ctx, admitted("ownershipregister.domicile.dev/global created", "ownershipregister.domicile.dev/leads created"),
		"apply", "-f", registers+"/registers.yaml"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("global condition met", "nordic condition met", "leads condition met"),
		"wait", "--for=condition=Ready", "ownershipregister/global", "ownershipregister/nordic", "ownershipregister/leads", "--timeout=60s"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("GLEIF", "BODS", "FollowTheMoney"), "get", "ownershipregisters"); err != nil {
		return err
	}
	if err := t.kubectl(ctx, admitted("condition met"), "wait", "tenant/northern",
		"--for=jsonpath={.status.verdicts[0].verdict}=Restricted", "--timeout=60s"); err != nil {
		return err
	}
	t.narrator.say("Its Deployment is refused, through a chain that crosses all three.")
	if err := t.kubectl(ctx, refused("Northern Compute Oy (FI)", "Copper Fields", "Lantern HK", "Lantern Group"),
		"apply", "-f", registers+"/workload.yaml"); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("OwnershipRegister leads", "OwnershipRegister nordic", "OwnershipRegister global"),
		"domicile", "explain", "tenant/northern",
		"--register", "global="+registers, "--register", "nordic="+registers, "--register", "leads="+registers)
}
