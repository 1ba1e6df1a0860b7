package differential

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
)

// TestFormatsAgreeAgainstOracle holds that a world gets the same verdicts in
// whatever format it is written. The LegalEntities are the oracle.
func TestFormatsAgreeAgainstOracle(t *testing.T) {
	for seed := range uint64(worlds(t, 300)) {
		if compare(t, seed, newMaker(seed).world()) != "" {
			reportSmallest(t, seed)
			return
		}
	}
}

// worlds is how many random worlds are looked at: few each time, and as many as
// DOMICILE_WORLDS says at night.
func worlds(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv("DOMICILE_WORLDS")
	if text == "" {
		return few
	}
	many, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("DOMICILE_WORLDS: %v", err)
	}
	return many
}

// reportSmallest leaves out of a world what makes no difference, and reports the
// rest.
func reportSmallest(t *testing.T, seed uint64) {
	t.Helper()
	w := newMaker(seed).world()
	for smaller := true; smaller; {
		smaller = false
		for n := range w.entities {
			all := w.entities[n].Spec.Interests
			for i := range all {
				w.entities[n].Spec.Interests = slices.Delete(slices.Clone(all), i, i+1)
				if smaller = compare(t, seed, w) != ""; smaller {
					break
				}
				w.entities[n].Spec.Interests = all
			}
		}
	}
	t.Errorf("world %d:\n%s\n%s", seed, compare(t, seed, w), w)
}

// questions is how many policies a world is asked about, each on its own day.
const questions = 6

// compare says what differs between the formats.
func compare(t *testing.T, seed uint64, w world) string {
	t.Helper()
	m := newMaker(seed + 1<<32)
	var policies []v1alpha1.TenantPolicy
	var at []time.Time
	for n := range questions {
		policies, at = append(policies, m.policy(fmt.Sprintf("policy-%d", n))), append(at, m.instant())
	}
	for i := range w.entities {
		if errs := translate.LegalEntity(&w.entities[i]).Errs; len(errs) > 0 {
			t.Fatalf("world %d: LegalEntity %s: %v", seed, w.entities[i].Name, errs)
		}
	}
	want := verdicts(t, snapshottest.Inputs{Policies: policies, Tenants: w.tenants(byName), Entities: w.entities}, at)
	differs := func(format register.Format, lines []string) string {
		layer := read(t, format, lines)
		got := verdicts(t, snapshottest.Inputs{Policies: policies, Tenants: w.tenants(byRecord), Registers: snapshot.Registers{Layer: layer}}, at)
		diff := differences(want, got)
		if diff == "" {
			return ""
		}
		for n := range policies {
			if !strings.Contains(diff, policies[n].Name) {
				continue
			}
			diff += fmt.Sprintf("policy-%d at %s: %+v %+v\n", n, at[n], policies[n].Spec.Jurisdictions, policies[n].Spec.Ownership)
		}
		return fmt.Sprintf("as %s (as LegalEntities, as %[1]s):\n%s\n%s\n", format, diff, strings.Join(lines, "\n"))
	}
	diff := differs(register.BODS, m.bods(w))
	if w.exact {
		diff += differs(register.FollowTheMoney, m.followTheMoney(w))
	}
	return diff
}

// differences lists what differs, a line each.
func differences(want, got map[string]string) string {
	text := ""
	for _, what := range slices.Sorted(maps.Keys(want)) {
		if got[what] != want[what] {
			text += fmt.Sprintf("%s: %s, %s\n", what, want[what], got[what])
		}
	}
	return text
}

func read(t *testing.T, format register.Format, lines []string) *ownership.Layer {
	t.Helper()
	text := []byte(strings.Join(lines, "\n"))
	file := register.File{Name: "world.jsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	layer, report, err := register.Read(t.Context(), []register.File{file}, register.Options{Format: format})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if report.Remarked() > 0 {
		t.Fatalf("not all of it was understood: %+v\n%s", report.Remarks, text)
	}
	return ownership.Merge(layer.Named(registerName))
}

const registerName = "world"

func byName(name string) v1alpha1.PartyReference { return v1alpha1.PartyReference{Name: name} }

func byRecord(name string) v1alpha1.PartyReference {
	return v1alpha1.PartyReference{Identifier: &v1alpha1.Identifier{Scheme: "OREG." + registerName, ID: name}}
}

// tenants has a tenant for each party.
func (w world) tenants(refer func(name string) v1alpha1.PartyReference) []v1alpha1.Tenant {
	var tenants []v1alpha1.Tenant
	for _, e := range w.entities {
		tenant := v1alpha1.Tenant{}
		tenant.Name = e.Name
		tenant.Spec.Parties = []v1alpha1.TenantParty{{Role: v1alpha1.RoleCustomer, Entity: refer(e.Name)}}
		tenants = append(tenants, tenant)
	}
	return tenants
}

// verdicts has what each policy says of each party on its day.
func verdicts(t *testing.T, w snapshottest.Inputs, at []time.Time) map[string]string {
	t.Helper()
	compiled := snapshottest.Compile(w)
	out := map[string]string{}
	for n, policy := range compiled.Policies {
		if policy.Invalid != "" {
			t.Fatalf("%+v: %s", w.Policies[n].Spec, policy.Invalid)
		}
		for tenant := range compiled.Tenants.All() {
			name := tenant.Name
			d := residency.Evaluate(policy, compiled.Graph, residency.Request{Claimed: name, Tenant: tenant, At: at[n]})
			out[policy.Name+" "+name] = fmt.Sprint(d.Verdict, " ", d.Reason)
		}
	}
	return out
}
