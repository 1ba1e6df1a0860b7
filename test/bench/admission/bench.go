package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/bench/procfs"
	"github.com/domicile-dev/domicile/test/bench/report"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// bench measures one size after the other.
type bench struct {
	*rig
	out    io.Writer
	stored report.Stored
	seeds  []filled.Seed
	// smallest has what was measured at the smallest size, by shape.
	smallest map[string]map[string]float64
}

// prepare makes what all sizes have in common while nobody is asked, and starts the
// manager.
func (b *bench) prepare(ctx context.Context) (err error) {
	b.say("Creating %d Tenants and %d LegalEntities …", b.first(), b.o.entities)
	if err := b.createNamespaces(ctx); err != nil {
		return err
	}
	objects := append(filled.Policies(), filled.Company("good", "SG"), filled.TenantOf(tenant, filled.Named("good")))
	for i := range b.o.entities {
		objects = append(objects, filled.Entity(i))
	}
	for i := range b.first() {
		objects = append(objects, filled.Tenant(i, b.o.entities))
	}
	if _, err := filled.Create(ctx, b, objects); err != nil {
		return err
	}
	if b.o.mirrored > 0 {
		b.say("Creating a mirror of %d names …", b.o.mirrored)
		if err := b.createMirror(ctx); err != nil {
			return err
		}
	}
	b.say("Starting the manager …")
	if b.manager, err = b.RunManager(ctx, systemNamespace, "domicile"); err != nil {
		return err
	}
	if err := b.rest(ctx); err != nil {
		return err
	}
	b.seeds, err = filled.ReadSeeds(ctx, b, b.etcd, b.first())
	return err
}

// first is how many Tenants are created by requests.
func (b *bench) first() int { return min(filled.MaxSeeds, b.o.tenants[0]) }

// size measures everything at one size.
func (b *bench) size(ctx context.Context, tenants int, register bool) error {
	if err := b.grow(ctx, tenants, register); err != nil {
		return err
	}
	name := fmt.Sprintf("%d tenants", tenants)
	if register {
		name += ", with a register"
	}
	for _, s := range shapes(b.o.only) {
		b.say("%s: %s …", name, s)
		m, err := b.measure(ctx, s)
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", s, err), b.manager.Err())
		}
		if err := b.print(name, s, m); err != nil {
			return err
		}
	}
	if b.smallest == nil {
		b.smallest = map[string]map[string]float64{}
		for _, s := range shapes(b.o.only) {
			b.smallest[s.String()] = b.stored[title(name, s)]
		}
	}
	return b.memory(name)
}

func title(size string, s shape) string { return size + ": " + s.String() }

func (b *bench) print(size string, s shape, m *[contestants]measured) error {
	rows := b.rows(s, m)
	fmt.Fprintf(b.out, "\n%s (an object of %d bytes)\n\n", title(size, s), m[notAsked].bytes)
	report.Print(b.out, rows, b.stored[title(size, s)])
	b.stored[title(size, s)] = report.Values(rows)
	return b.stored.Write(b.o.store)
}

// grow fills the cluster up to a size, and has a new manager read it.
func (b *bench) grow(ctx context.Context, tenants int, register bool) error {
	if tenants > b.first() {
		if err := b.manager.StopReplica(0); err != nil {
			return err
		}
		b.say("Writing %d Tenants …", tenants)
		if _, err := filled.Tenants(ctx, b, b.etcd, b.seeds, tenants); err != nil {
			return err
		}
		if err := b.manager.StartReplica(ctx, 0); err != nil {
			return err
		}
	}
	if register {
		if err := b.load(ctx); err != nil {
			return err
		}
	}
	return b.rest(ctx)
}

// load declares a register and waits until it is in use.
func (b *bench) load(ctx context.Context) error {
	b.say("Compiling a register of %d parties …", b.o.parties)
	if err := filled.CompileRegister(filepath.Join(b.folder, "gleif"), synthetic.GLEIF.Sized(b.o.parties), "SG"); err != nil {
		return err
	}
	if err := b.Create(ctx, filled.Register("gleif")); err != nil {
		return err
	}
	return cluster.Poll(ctx, "the register", func(ctx context.Context) (bool, error) {
		var current v1alpha1.OwnershipRegister
		err := b.Get(ctx, client.ObjectKey{Name: "gleif"}, &current)
		return err == nil && filled.IsLoaded(&current), err
	})
}

// memory tells what each process has in the end.
func (b *bench) memory(size string) error {
	var rows []report.Row
	for _, process := range []struct {
		name string
		pid  int
	}{
		{"API server", b.plane[apiServer]}, {"etcd", b.plane[store]},
		{alwaysYes.String(), b.pids(alwaysYes)[answering]}, {validator.String(), b.pids(validator)[answering]}, {domicile.String(), b.pids(domicile)[answering]},
	} {
		m, err := procfs.MemoryOf(process.pid)
		if err != nil {
			return err
		}
		rows = append(rows, report.Row{Name: process.name + ": RSS", Value: m.Resident, Unit: report.Bytes})
	}
	title := size + ": memory in the end"
	fmt.Fprintf(b.out, "\n%s\n\n", title)
	report.Print(b.out, rows, b.stored[title])
	b.stored[title] = report.Values(rows)
	return b.stored.Write(b.o.store)
}
