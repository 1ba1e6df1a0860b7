package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// The two states of the register, which differ in where one party sits.
const (
	quietRegister = "quiet"
	movedRegister = "moved"
)

func (o *options) register() synthetic.Register { return synthetic.GLEIF.Sized(o.parties) }

// newcomer is the party that differs: one more than the register has.
func (o *options) newcomer() synthetic.Party { return o.register().Party(o.parties) }

// compileRegister writes both states to the folder for registers.
func (r *rig) compileRegister(name string, seat jurisdiction.Code) (err error) {
	var b ownership.Builder
	r.register().Build(&b)
	p := r.newcomer()
	b.AddParty(ownership.Party{
		Key: p.ID, Name: p.Name, Type: ownership.Company, Source: "LEI record " + p.LEI,
		Identifiers:   []ownership.Identifier{{Scheme: "LEI", ID: p.LEI}},
		Jurisdictions: ownership.Jurisdictions{Incorporation: "SG", Headquarters: seat},
	})
	file, err := os.Create(filepath.Join(r.registerDir, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return register.Compile(file, b.Layer(), register.Report{}, register.Options{Format: register.GLEIF})
}

func gleif(file string) *v1alpha1.OwnershipRegister {
	return &v1alpha1.OwnershipRegister{
		ObjectMeta: metav1.ObjectMeta{Name: "gleif"},
		Spec: v1alpha1.OwnershipRegisterSpec{
			Format: v1alpha1.FormatGLEIF, Interval: "8760h",
			Source: v1alpha1.RegisterSource{File: &v1alpha1.FileSource{Paths: []string{file}}},
		},
	}
}

const registerKey = "/registry/domicile.dev/ownershipregisters/gleif"

// firstRegister compiles the register in both its states, creates it as users
// do, and reads how it is stored.
func (r *rig) firstRegister(ctx context.Context) error {
	for name, seat := range map[string]jurisdiction.Code{quietRegister: "SG", movedRegister: "CN"} {
		r.say("Compiling a register of %d parties …", r.parties)
		if err := r.compileRegister(name, seat); err != nil {
			return err
		}
	}
	debug.FreeOSMemory()
	if err := r.Create(ctx, gleif(quietRegister)); err != nil {
		return err
	}
	if err := r.registerLoaded(ctx); err != nil {
		return err
	}
	var err error
	r.storedRegister, err = r.etcd.get(ctx, registerKey)
	return err
}

// declareRegister declares the register or takes it away while no manager runs
// that could check it: it is written as it was stored.
func (r *rig) declareRegister(ctx context.Context, register bool) error {
	if register {
		_, err := r.etcd.put(ctx, keyValue{Key: []byte(registerKey), Value: r.storedRegister})
		return err
	}
	return client.IgnoreNotFound(r.Delete(ctx, gleif("")))
}

// registerLoaded waits until the leader says that the register is in use.
func (r *rig) registerLoaded(ctx context.Context) error {
	return cluster.Poll(ctx, "the register", func(ctx context.Context) (bool, error) {
		var current v1alpha1.OwnershipRegister
		if err := r.Get(ctx, client.ObjectKey{Name: "gleif"}, &current); err != nil {
			return false, err
		}
		for _, c := range current.Status.Conditions {
			if c.Type == v1alpha1.ConditionReady && c.Reason == v1alpha1.ReasonLoaded {
				return true, nil
			}
		}
		return false, nil
	})
}
