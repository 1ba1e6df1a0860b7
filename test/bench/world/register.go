package main

import (
	"context"
	"path/filepath"
	"runtime/debug"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/bench/filled"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// The two states of the register, which differ in where one party sits.
const (
	quietRegister = "quiet"
	movedRegister = "moved"
)

func (o *options) register() synthetic.Register { return synthetic.GLEIF.Sized(o.parties) }

const registerKey = "/registry/domicile.dev/ownershipregisters/gleif"

// firstRegister compiles the register in both its states, creates it as users
// do, and reads how it is stored.
func (r *rig) firstRegister(ctx context.Context) error {
	for name, seat := range map[string]jurisdiction.Code{quietRegister: "SG", movedRegister: "CN"} {
		r.say("Compiling a register of %d parties …", r.parties)
		if err := filled.CompileRegister(filepath.Join(r.registerDir, name), r.register(), seat); err != nil {
			return err
		}
	}
	debug.FreeOSMemory()
	if err := r.Create(ctx, filled.Register(quietRegister)); err != nil {
		return err
	}
	if err := r.registerLoaded(ctx); err != nil {
		return err
	}
	var err error
	r.storedRegister, err = r.etcd.Get(ctx, registerKey)
	return err
}

// declareRegister declares the register or takes it away while no manager runs
// that could check it: it is written as it was stored.
func (r *rig) declareRegister(ctx context.Context, register bool) error {
	if register {
		_, err := r.etcd.Put(ctx, filled.KeyValue{Key: []byte(registerKey), Value: r.storedRegister})
		return err
	}
	return client.IgnoreNotFound(r.Delete(ctx, filled.Register("")))
}

// registerLoaded waits until the leader says that the register is in use.
func (r *rig) registerLoaded(ctx context.Context) error {
	return cluster.Poll(ctx, "the register", func(ctx context.Context) (bool, error) {
		var current v1alpha1.OwnershipRegister
		if err := r.Get(ctx, client.ObjectKey{Name: "gleif"}, &current); err != nil {
			return false, err
		}
		return filled.IsLoaded(&current), nil
	})
}
