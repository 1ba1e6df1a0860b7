package impact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/impact/report"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/input"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// change is what would be applied and deleted.
type change struct {
	*world.View

	remove []world.Ref
	// live says where the data of registers is that are live.
	live world.Registers
}

// change reads the change.
func (o *options) change(ctx context.Context) (*change, error) {
	c := &change{}
	for _, text := range o.remove {
		ref, err := world.ParseRef(text)
		if err != nil {
			return nil, fmt.Errorf("--delete: %w", err)
		}
		c.remove = append(c.remove, ref)
	}
	places, err := o.Registers()
	if err != nil {
		return nil, err
	}
	if c.live, err = input.ParseRegisters("--against-register", o.againstRegisters); err != nil {
		return nil, err
	}
	manifests, err := o.ReadWith(ctx, o.streams, func(objects []manifest.Object) world.Options {
		return world.Options{Registers: c.split(objects, places)}
	})
	if err != nil {
		return nil, err
	}
	c.View = manifests.View
	if o.Given() && c.Size() == 0 {
		return nil, errors.New("there is nothing of Domicile's among the manifests of the change: it has to be a TenantPolicy, Tenant, LegalEntity, OwnershipRegister or TenantExemption")
	}
	if others := len(manifests.Objects); others > 0 {
		fmt.Fprintf(o.streams.ErrOut, "%d of the objects in -f are not of Domicile's kinds and make no difference: only what already runs is counted (kubectl domicile check says whether new ones would be admitted)\n", others)
	}
	return c, nil
}

// split says which places are for registers of the change; the rest is for those
// that are live.
func (c *change) split(objects []manifest.Object, places world.Registers) world.Registers {
	mine, others := places.Split(objects)
	for name, paths := range others {
		if c.live[name] == nil {
			c.live[name] = paths
		}
	}
	return mine
}

// notes are what could not be read of what is live. Of a register that the change
// has, too, another flag says where the live data is.
func (c *change) notes(live []string) []string {
	notes := append([]string{}, live...)
	for i := range notes {
		for _, name := range c.Names("OwnershipRegister") {
			notes[i] = strings.ReplaceAll(notes[i], "--register "+name+"=", "--against-register "+name+"=")
		}
	}
	return notes
}

// instant is when to compare: at the last date that a policy announces, if it is
// to come, unless an instant was asked for.
func instant(announced []report.Announced, now time.Time, asked bool) time.Time {
	at := now
	for _, a := range announced {
		if !asked && a.From.After(at) {
			at = a.From
		}
	}
	return at
}

// announced are the policies of a change with a date to come.
func announced(steps []world.Step, after *world.View, now time.Time) []report.Announced {
	all := []report.Announced{}
	given := map[string]bool{}
	for _, step := range steps {
		if step.Kind == "TenantPolicy" && step.Operation != world.Deleted {
			given[step.Name] = true
		}
	}
	for _, p := range after.Policies {
		if given[p.Name] && p.EffectiveFrom.After(now) {
			all = append(all, report.Announced{Policy: p.Name, From: p.EffectiveFrom.UTC(), BeforeEffective: p.BeforeEffective.String()})
		}
	}
	return all
}

// known refuses a name in --policy that no policy has.
func known(policy string, worlds ...*world.View) error {
	if policy == "" {
		return nil
	}
	var names []string
	for _, w := range worlds {
		for _, p := range w.Policies {
			if p.Name == policy {
				return nil
			}
		}
		names = append(names, w.PolicyNames()...)
	}
	slices.Sort(names)
	return &world.NotFoundError{Resource: "tenantpolicies", Name: policy, Known: slices.Compact(names)}
}
