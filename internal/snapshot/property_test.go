package snapshot_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/explain"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
)

// declared are the objects of a random world, which changes step by step.
type declared struct {
	random     *rand.Rand
	generation int64
	policies   map[string]v1alpha1.TenantPolicy
	tenants    map[string]v1alpha1.Tenant
	entities   map[string]v1alpha1.LegalEntity
	exemptions map[string]v1alpha1.TenantExemption
	registers  snapshot.Registers
	at         time.Time
}

func newDeclared(seed uint64) *declared {
	return &declared{
		random: rand.New(rand.NewPCG(seed, 7)), at: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC),
		policies: map[string]v1alpha1.TenantPolicy{}, tenants: map[string]v1alpha1.Tenant{},
		entities: map[string]v1alpha1.LegalEntity{}, exemptions: map[string]v1alpha1.TenantExemption{},
	}
}

func pick[T any](d *declared, from ...T) T { return from[d.random.IntN(len(from))] }

// meta is that of an object as the API server has it, perhaps with a label.
func (d *declared) meta(name string) metav1.ObjectMeta {
	d.generation++
	m := metav1.ObjectMeta{Name: name, UID: types.UID(name), Generation: d.generation, ResourceVersion: fmt.Sprint(d.generation)}
	if d.random.IntN(3) == 0 {
		m.Labels = map[string]string{"tier": pick(d, "free", "paid")}
	}
	return m
}

func (d *declared) name(prefix string, n int) string { return fmt.Sprint(prefix, d.random.IntN(n)) }

func (d *declared) identifier() v1alpha1.Identifier {
	return v1alpha1.Identifier{Scheme: "XX-REG", ID: d.name("", 6)}
}

// party refers to a LegalEntity, or to whoever has an identifier.
func (d *declared) party() v1alpha1.PartyReference {
	if d.random.IntN(4) == 0 {
		id := d.identifier()
		return v1alpha1.PartyReference{Identifier: &id}
	}
	return v1alpha1.PartyReference{Name: d.name("e", 9)}
}

func (d *declared) date() v1alpha1.Date {
	if d.random.IntN(3) > 0 {
		return ""
	}
	return v1alpha1.Date(d.at.AddDate(0, 0, d.random.IntN(7)-2).Format(time.DateOnly))
}

func (d *declared) policy(name string) v1alpha1.TenantPolicy {
	p := v1alpha1.TenantPolicy{ObjectMeta: d.meta(name)}
	p.Spec.Jurisdictions.Blocked = []v1alpha1.JurisdictionCode{pick[v1alpha1.JurisdictionCode](d, "CN", "RU", "QQ")}
	p.Spec.Ownership = v1alpha1.OwnershipRule{
		Method:      pick[v1alpha1.Method](d, v1alpha1.MethodCascade, v1alpha1.MethodEffective, v1alpha1.MethodEither),
		Aggregation: pick[v1alpha1.Aggregation](d, v1alpha1.AggregateAllRestricted, v1alpha1.AggregateSameJurisdiction, v1alpha1.AggregateSingleOwner),
		Undisclosed: pick[v1alpha1.UndisclosedRule](d, v1alpha1.UndisclosedIgnored, v1alpha1.UndisclosedCountsAsPossible),
	}
	if d.random.IntN(3) == 0 {
		p.Spec.TenantSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "paid"}}
	}
	if d.random.IntN(3) == 0 {
		effective := metav1.NewTime(d.at.AddDate(0, 0, d.random.IntN(4)-1))
		p.Spec.Enforcement.EffectiveFrom = &effective
	}
	return p
}

func (d *declared) entity(name string) v1alpha1.LegalEntity {
	e := v1alpha1.LegalEntity{ObjectMeta: d.meta(name)}
	e.Spec.DisplayName, e.Spec.Type = fmt.Sprintf("%s %d", name, d.generation), v1alpha1.EntityCompany
	if code := pick[v1alpha1.JurisdictionCode](d, "", "CN", "RU", "SG", "SG", "NL", "QQ"); code != "" {
		e.Spec.Jurisdictions = &v1alpha1.EntityJurisdictions{Incorporation: code}
	}
	if d.random.IntN(3) == 0 {
		e.Spec.Identifiers = append(e.Spec.Identifiers, d.identifier())
	}
	for range d.random.IntN(4) {
		i := v1alpha1.Interest{Holder: d.party(), Kind: v1alpha1.InterestShareholding, Since: d.date(), Until: d.date()}
		i.Share = pick(d, nil, &v1alpha1.Share{Exact: "60"}, &v1alpha1.Share{Exact: "30"}, &v1alpha1.Share{Minimum: "25", Maximum: "75"})
		e.Spec.Interests = append(e.Spec.Interests, i)
	}
	return e
}

// another is a LegalEntity with another spec; mostly it is known under the same as before,
// and mostly it is held by the same.
func (d *declared) another(name string) v1alpha1.LegalEntity {
	e := d.entity(name)
	if before, known := d.entities[name]; known && d.random.IntN(4) > 0 {
		e.Spec.Identifiers = before.Spec.Identifiers
		if d.random.IntN(3) > 0 {
			e.Spec.Interests = before.Spec.Interests
		}
	}
	return e
}

func (d *declared) tenant(name string) v1alpha1.Tenant {
	t := v1alpha1.Tenant{ObjectMeta: d.meta(name)}
	t.Spec.Namespaces = d.namespaces()
	for range 1 + d.random.IntN(2) {
		t.Spec.Parties = append(t.Spec.Parties, v1alpha1.TenantParty{
			Role: pick(d, v1alpha1.RoleCustomer, v1alpha1.RoleReseller), Entity: d.party(),
		})
	}
	return t
}

// namespaces are those that a tenant's spec speaks of; most speak of none.
func (d *declared) namespaces() *v1alpha1.TenantNamespaces {
	n := &v1alpha1.TenantNamespaces{}
	selects := func(operator metav1.LabelSelectorOperator, values ...string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "team", Operator: operator, Values: values}}}
	}
	switch d.random.IntN(10) {
	case 0:
		n.Bound = []string{d.name("n", 4)}
	case 1:
		n.Names = []string{d.name("n", 4)}
	case 2:
		n.Selector = selects(metav1.LabelSelectorOpIn, d.name("", 3), "9")
	case 3:
		n.Selector = selects(pick(d, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist))
	case 4:
		n.Selector = pick(d, &metav1.LabelSelector{}, &metav1.LabelSelector{MatchLabels: map[string]string{"team": "1", "tier": "paid"}})
	default:
		return nil
	}
	return n
}

func (d *declared) exemption(name string) v1alpha1.TenantExemption {
	e := v1alpha1.TenantExemption{ObjectMeta: d.meta(name)}
	e.Spec = v1alpha1.TenantExemptionSpec{
		TenantRef: v1alpha1.TenantReference{Name: v1alpha1.ObjectName(d.name("t", 8))},
		PolicyRef: v1alpha1.PolicyReference{Name: v1alpha1.ObjectName(d.name("p", 3))},
		Reason:    "Licensed.", Reference: "L-1", ApprovedBy: pick(d, "compliance", "compliance", ""),
		ExpiresAt: metav1.NewTime(d.at.AddDate(0, 0, d.random.IntN(5)-1)),
	}
	return e
}

func (d *declared) register() snapshot.Registers {
	if d.random.IntN(4) == 0 {
		return snapshot.Registers{Missing: []string{"reg"}}
	}
	var b ownership.Builder
	for n := range 6 {
		p := ownership.Party{Key: fmt.Sprint("r", n), Name: fmt.Sprint("Registered ", n), Type: ownership.Company}
		p.Identifiers = []ownership.Identifier{{Scheme: "XX-REG", ID: fmt.Sprint(n)}}
		p.Jurisdictions.Incorporation = pick(d, p.Jurisdictions.Incorporation, "CN", "SG", "SG")
		b.AddParty(p)
		if d.random.IntN(2) == 0 {
			b.AddInterest(ownership.Interest{
				Holder: ownership.Ref{Key: d.name("r", 6)}, Subject: ownership.Ref{Key: fmt.Sprint("r", n)},
				Share: ownership.Share{Lower: ownership.Whole * 6 / 10, Upper: ownership.Whole * 6 / 10},
			})
		}
	}
	return snapshot.Registers{Layer: b.Layer().Named("reg")}
}

// step changes some objects, and returns what an informer would tell.
func (d *declared) step() (c snapshot.Changes) {
	c = snapshot.Changes{
		Policies: map[string]*translate.CompiledPolicy{}, Tenants: map[string]*translate.CompiledTenant{},
		Entities: map[string]*translate.CompiledEntity{}, Exemptions: map[string]*translate.CompiledExemption{},
	}
	for range 1 + d.random.IntN(3) {
		gone := d.random.IntN(4) == 0
		switch d.random.IntN(12) {
		case 0:
			change(d.policies, c.Policies, d.name("p", 3), gone, d.policy, translate.Policy)
		case 1:
			change(d.exemptions, c.Exemptions, d.name("x", 4), gone, d.exemption, translate.Exemption)
		case 2:
			d.registers = d.register()
			c.Registers = &d.registers
		case 3, 4, 5:
			change(d.tenants, c.Tenants, d.name("t", 8), gone, d.tenant, translate.Tenant)
		default:
			change(d.entities, c.Entities, d.name("e", 9), gone, d.another, translate.LegalEntity)
		}
	}
	return c
}

func change[T, C any](all map[string]T, changes map[string]*C, name string, gone bool, object func(string) T, compile func(*T) *C) {
	if gone {
		delete(all, name)
		changes[name] = nil
		return
	}
	o := object(name)
	all[name] = o
	changes[name] = compile(&o)
}

func (d *declared) compile() *snapshot.Snapshot {
	return snapshottest.Compile(snapshottest.Inputs{
		Policies: values(d.policies), Tenants: values(d.tenants), Entities: values(d.entities),
		Exemptions: values(d.exemptions), Registers: d.registers,
	}).At(d.at)
}

func values[T any](m map[string]T) (all []T) {
	for v := range maps.Values(m) {
		all = append(all, v)
	}
	return all
}

// told is all that a snapshot says of each tenant: decisions with their
// explanations, and what is coming.
func told(s *snapshot.Snapshot, at time.Time) map[string]string {
	all := map[string]string{}
	forecast := residency.NewForecast(&s.World, at)
	for tenant := range s.Tenants.All() {
		said := fmt.Sprintf("%+v %s\n", tenant.Links, tenant.Labels)
		for _, p := range s.Policies {
			if p.SelectsTenant != nil && !p.SelectsTenant(tenant.Labels) {
				continue
			}
			d := residency.Evaluate(p, s.Graph, residency.Request{At: at, Tenant: tenant})
			known, ok := s.Verdicts.Of(p, tenant, at)
			change, _ := forecast.Next(p, tenant, d)
			said += fmt.Sprintf("%s: %v %v %v %q %v %v %v %s\n", p.Name, d.Verdict, d.Reason, d.Action, d.Detail, known, ok, change, toldOf(d))
		}
		all[tenant.Name] = said
	}
	return all
}

func toldOf(d residency.Decision) (said string) {
	for _, f := range d.Findings {
		said += fmt.Sprintf("%v %v %v %v %v;", f.Verdict, f.Reason, f.Tenant, f.Role, f.Missing)
	}
	for _, e := range d.Exemptions {
		said += e.Name + ";"
	}
	return said + strings.Join(explain.Path(d), "|")
}

// TestChangesMakeTheWorldThatCompilingMakes takes random worlds through random
// changes. After each, the world has to be the one that is compiled from all
// objects at once, by its revision and by whatever it says of every tenant; and
// whatever is said otherwise than before has to be told as touched.
func TestChangesMakeTheWorldThatCompilingMakes(t *testing.T) {
	t.Parallel()
	worlds, touchedFew := 200, 0
	if text := os.Getenv("DOMICILE_WORLDS"); text != "" {
		var err error
		if worlds, err = strconv.Atoi(text); err != nil {
			t.Fatalf("DOMICILE_WORLDS: %v", err)
		}
	}
	for seed := range uint64(worlds) {
		d := newDeclared(seed)
		s := snapshot.New().At(d.at)
		said := told(s, d.at)
		for step := range 30 {
			before, at := s, d.at
			changes := d.step()
			next := before.With(changes)
			if d.random.IntN(5) == 0 {
				d.at = d.at.AddDate(0, 0, 1)
			}
			if next.Verdicts == nil || !d.at.Equal(at) {
				next.At(d.at)
			}
			s = next
			want := d.compile()
			if s.Revision != want.Revision {
				t.Fatalf("world %d, step %d: revision %s, compiled at once %s", seed, step, s.Revision, want.Revision)
			}
			if diff := cmp.Diff(want.Graph.Problems(), s.Graph.Problems()); diff != "" {
				t.Fatalf("world %d, step %d: problems (-compiled at once +changed):\n%s", seed, step, diff)
			}
			checkNamespaces(t, fmt.Sprintf("world %d, step %d", seed, step), s, values(d.tenants))
			now := told(s, d.at)
			if diff := cmp.Diff(told(want, d.at), now); diff != "" {
				t.Fatalf("world %d, step %d (-compiled at once +changed):\n%s", seed, step, diff)
			}
			if d.at.Equal(at) && checkTouched(t, fmt.Sprintf("world %d, step %d", seed, step), s.Since(before, at), said, now) {
				touchedFew++
			}
			said = now
		}
	}
	if touchedFew < 100 {
		t.Errorf("only %d steps left any tenant untouched: this test does not mean much", touchedFew)
	}
}

// checkNamespaces compares what is found by namespace with what all tenants say.
func checkNamespaces(t *testing.T, where string, s *snapshot.Snapshot, tenants []v1alpha1.Tenant) {
	t.Helper()
	for i := range 8 {
		ns := &residency.Namespace{Name: fmt.Sprint("n", i%5), Labels: []map[string]string{
			nil, {"team": "1"}, {"team": "2", "tier": "free"}, {"tier": "paid"}, {"team": "1", "tier": "paid"},
		}[i%5]}
		var bound []string
		admitted := false
		for i := range tenants {
			n := tenants[i].Spec.Namespaces
			if n == nil {
				continue
			}
			if slices.Contains(n.Bound, ns.Name) {
				bound = append(bound, tenants[i].Name)
			}
			everything := n.Selector != nil && len(n.Selector.MatchLabels)+len(n.Selector.MatchExpressions) == 0
			admitted = admitted || !everything && translate.Tenant(&tenants[i]).Tenant.Admits(ns)
		}
		slices.Sort(bound)
		if got := s.Namespaces.BoundBy(ns.Name); !slices.Equal(bound, got) {
			t.Fatalf("%s: namespace %s is bound by %v, and found by %v", where, ns.Name, bound, got)
		}
		if got := s.Namespaces.Admitted(ns); got != admitted {
			t.Fatalf("%s: namespace %v is a tenant's: %v, found: %v", where, ns, admitted, got)
		}
	}
}

// checkTouched holds that what changed is touched; it says whether anything is not.
func checkTouched(t *testing.T, where string, touched snapshot.Touched, before, now map[string]string) (some bool) {
	t.Helper()
	if touched.EveryTenant() {
		return false
	}
	for name := range now {
		if _, told := touched.Tenants[name]; !told && before[name] != now[name] {
			t.Fatalf("%s: tenant %s is not touched, but was\n%snow\n%s", where, name, before[name], now[name])
		}
	}
	for name := range before {
		if _, told := touched.Tenants[name]; !told && now[name] == "" {
			t.Fatalf("%s: tenant %s is gone, and not touched", where, name)
		}
	}
	return len(touched.Tenants) < len(now)
}
