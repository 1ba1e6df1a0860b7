package main

import (
	"context"
	"fmt"
	"io"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/procfs"
	"github.com/domicile-dev/domicile/test/bench/report"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

const mebibyte = 1 << 20

// firstStatus is how long it may take until the status of all LegalEntities and of
// the first tenants is written.
const firstStatus = 30 * time.Minute

// bench measures one size after the other.
type bench struct {
	*rig
	out    io.Writer
	stored report.Stored
	rows   []report.Row
	// seeds are the first tenants as they are stored, without and with a register.
	seedsOf map[bool][]filled.Seed
	// smallest has what was measured at the smallest size, without and with a
	// register.
	smallest map[bool]map[string]float64
}

func (b *bench) add(name string, value float64, unit report.Unit, aim float64) {
	b.rows = append(b.rows, report.Row{Name: name, Value: value, Unit: unit, Aim: aim})
}

func (b *bench) took(name string, d, aim time.Duration) {
	b.add(name, float64(d), report.Nanoseconds, float64(aim))
}

// finish prints the rows of a size and keeps them.
func (b *bench) finish(name string) (map[string]float64, error) {
	fmt.Fprintf(b.out, "\n%s\n\n", name)
	report.Print(b.out, b.rows, b.stored[name])
	values := report.Values(b.rows)
	b.stored[name] = values
	b.rows = nil
	return values, b.stored.Write(b.store)
}

// abandon prints the rows of a size that was not measured to its end, and keeps
// them for nobody.
func (b *bench) abandon() {
	fmt.Fprintf(b.out, "\nas far as it came:\n\n")
	report.Print(b.out, b.rows, nil)
}

// prepare measures managers without anything to do, makes what all sizes have in
// common, and reads how the first tenants are stored.
func (b *bench) prepare(ctx context.Context) (err error) {
	b.addLoad()
	// Nobody is asked about these yet.
	_, namespaces := b.probes()
	if err := filled.Namespaces(ctx, b, namespaces); err != nil {
		return err
	}
	b.say("Starting managers …")
	if b.manager, err = b.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		return err
	}
	if err := b.allowMetrics(ctx); err != nil {
		return err
	}
	if err := b.restart(ctx); err != nil {
		return err
	}
	if err := b.memory(ctx, 60*mebibyte); err != nil {
		return err
	}
	if err := b.stop(ctx); err != nil {
		return err
	}
	if err := b.common(ctx); err != nil {
		return err
	}
	b.seedsOf = map[bool][]filled.Seed{}
	for _, register := range b.registers {
		if _, err := b.start(ctx); err != nil {
			return err
		}
		if register {
			if err := b.firstRegister(ctx); err != nil {
				return err
			}
		}
		b.say("Waiting for the status of %d entities and %d tenants …", b.entities, b.seeds())
		rests, err := b.settled(ctx, firstStatus)
		if err != nil {
			return err
		}
		if !rests {
			return fmt.Errorf("status was not written within %s", firstStatus)
		}
		if err := b.stop(ctx); err != nil {
			return err
		}
		if b.seedsOf[register], err = filled.ReadSeeds(ctx, b, b.etcd, b.seeds()); err != nil {
			return err
		}
	}
	_, err = b.finish(fmt.Sprintf("nothing, and how %d LegalEntities and the first %d Tenants are made", b.entities, b.seeds()))
	return err
}

// common makes what there is at every size. No manager runs, and so none is to be
// asked; the leader will write its webhook configuration anew.
func (b *bench) common(ctx context.Context) error {
	webhooks := &admissionregistrationv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "domicile"}}
	if err := b.Delete(ctx, webhooks); err != nil {
		return err
	}
	err := cluster.Poll(ctx, "the API server to forget the webhook configuration", func(ctx context.Context) (bool, error) {
		return b.Create(ctx, filled.Policies()[0], client.DryRunAll) == nil, nil // it still asks for some milliseconds
	})
	if err != nil {
		return err
	}
	probes, _ := b.probes()
	var entities, tenants []client.Object
	for i := range b.entities {
		entities = append(entities, filled.Entity(i))
	}
	for i := range b.seeds() {
		tenants = append(tenants, filled.Tenant(i, b.entities))
	}
	for _, set := range []struct {
		name    string
		objects []client.Object
	}{{"policies", filled.Policies()}, {"probes", probes}, {"LegalEntities", entities}, {"Tenants", tenants}} {
		b.say("Creating %d %s …", len(set.objects), set.name)
		took, err := filled.Create(ctx, b, set.objects)
		if err != nil {
			return err
		}
		if set.name == "LegalEntities" || set.name == "Tenants" {
			b.took(set.name+" created by requests, each", took/time.Duration(len(set.objects)), 0)
		}
	}
	return nil
}

// size measures everything at one size.
func (b *bench) size(ctx context.Context, tenants int, register bool) error {
	name := sizeName(tenants, register)
	b.say("%s: writing tenants …", name)
	b.addLoad()
	took, err := filled.Tenants(ctx, b, b.etcd, b.seedsOf[register], tenants)
	if err != nil {
		return err
	}
	b.took("all Tenants written to etcd", took, 0)
	if err := b.declareRegister(ctx, register); err != nil {
		return err
	}
	if err := b.restart(ctx); err != nil {
		return err
	}
	aim := 300 * mebibyte
	if register {
		aim = 1100 * mebibyte
	}
	if err := b.memory(ctx, aim); err != nil {
		return err
	}
	if err := b.whileChanged(ctx, register); err != nil {
		return err
	}
	if b.measures(partStatus) {
		if err := b.anew(ctx, tenants, register); err != nil {
			return err
		}
	}
	if err := b.stop(ctx); err != nil {
		return err
	}
	b.compare(register)
	values, err := b.finish(name)
	if b.smallest[register] == nil {
		b.smallest[register] = values
	}
	return err
}

// whileChanged measures admission and each kind of change, through one manager and the other.
func (b *bench) whileChanged(ctx context.Context, register bool) error {
	for asked := range replicas {
		if b.measures(partAdmission) {
			if err := b.admissions(ctx, asked); err != nil {
				return err
			}
		}
		for _, c := range b.changes(register) {
			if err := b.change(ctx, c, asked); err != nil {
				return err
			}
		}
	}
	if !b.measures(partChanges) {
		return nil
	}
	for asked := range replicas {
		if err := b.change(ctx, b.newPolicy(), asked); err != nil {
			return err
		}
	}
	return nil
}

// anew measures status from the beginning: policies that were added have left much to write.
func (b *bench) anew(ctx context.Context, tenants int, register bool) error {
	if err := b.stop(ctx); err != nil {
		return err
	}
	if _, err := filled.Tenants(ctx, b, b.etcd, b.seedsOf[register], tenants); err != nil {
		return err
	}
	if _, err := b.start(ctx); err != nil {
		return err
	}
	if err := b.statuses(ctx, tenants); err != nil {
		return err
	}
	if err := b.stop(ctx); err != nil {
		return err
	}
	return b.Delete(ctx, filled.Policy("added"))
}

// restart starts the managers as new ones and waits until they come to rest.
func (b *bench) restart(ctx context.Context) error {
	if err := b.stop(ctx); err != nil {
		return err
	}
	b.say("Starting managers …")
	ready, err := b.start(ctx)
	if err != nil {
		return err
	}
	for i, d := range ready {
		b.took("start to ready, "+roles[i], d, 10*time.Second)
	}
	begin := time.Now()
	err = b.rest(ctx)
	b.took("from then until at rest", time.Since(begin), 0)
	return err
}

// rest waits until the managers have come to rest, and says if they have not.
func (b *bench) rest(ctx context.Context) error {
	rests, err := b.settled(ctx, b.patience)
	if err == nil && !rests {
		b.say("The managers did not come to rest within %s: what follows is measured while they write.", b.patience)
	}
	return err
}

// memory adds what both managers need.
func (b *bench) memory(ctx context.Context, aim int) error {
	for i := range replicas {
		m, err := procfs.MemoryOf(b.manager.PID(i))
		if err != nil {
			return err
		}
		heap, err := b.heap(ctx, i)
		if err != nil {
			return err
		}
		b.add("RSS, "+roles[i], m.Resident, report.Bytes, float64(aim))
		b.add("RSS at most, "+roles[i], m.Peak, report.Bytes, 0)
		b.add("heap in use, "+roles[i], heap, report.Bytes, 0)
	}
	return nil
}
