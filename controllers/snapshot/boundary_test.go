package snapshot

import (
	"context"
	"errors"
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"

	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

func TestADayOnWhichTheGraphChangesIsWaitedFor(t *testing.T) {
	cl := clocktesting.NewFakeClock(sample.BeforeTenth)
	b := still(t, sample.World(), cl)
	current := b.holder.Load()
	if until, ok := current.Verdicts.Until(); !ok || !until.Equal(sample.OnTenth) {
		t.Fatalf("the snapshot is good until %v, want %v", until, sample.OnTenth)
	}
	done := make(chan bool, 1)
	go func() { done <- b.waitForChange(t.Context(), nil) }()
	apiserver.Eventually(t, "the builder waits", func(context.Context) error {
		if !cl.HasWaiters() {
			return errors.New("it does not")
		}
		return nil
	})
	cl.SetTime(sample.OnTenth.Add(-time.Second))
	if current.Outdated(cl.Now()) {
		t.Error("the snapshot is outdated a second too early")
	}
	select {
	case <-done:
		t.Fatal("the builder woke a second too early")
	default:
	}
	cl.SetTime(sample.OnTenth)
	if !<-done || !current.Outdated(cl.Now()) {
		t.Error("the builder did not wake because the snapshot is outdated")
	}
}

func TestTheNextDayIsPreparedForShortlyBefore(t *testing.T) {
	cl := clocktesting.NewFakeClock(sample.BeforeTenth)
	b := still(t, sample.World(), cl)
	current := b.holder.Load()
	b.warm()
	if !b.warmed.IsZero() {
		t.Error("an hour before is too early: what is made may be forgotten until then")
	}
	cl.SetTime(sample.OnTenth.Add(-warmUp / 2))
	b.warm()
	if !b.warmed.Equal(sample.OnTenth) {
		t.Errorf("prepared for %v, want %v", b.warmed, sample.OnTenth)
	}
	// What was prepared is what will be asked for.
	policy, tenant := current.Policies[0], current.Tenant("lantern")
	before, _ := current.Verdicts.Of(policy, tenant, cl.Now())
	after := residency.Evaluate(policy, current.Graph, residency.Request{At: sample.OnTenth, Tenant: tenant}).Verdict
	if _, known := current.Verdicts.Of(policy, tenant, sample.OnTenth); known || before == after {
		t.Errorf("verdict %v before and %v from then on; known beforehand: %t", before, after, known)
	}
}
