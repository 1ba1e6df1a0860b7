package filled

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASeedStandsForOthers(t *testing.T) {
	t.Parallel()
	s := Seed{name: TenantName(3), uid: "u-3", stored: []byte(`{"name":"tenant-0000003","uid":"u-3","displayName":"Customer tenant-0000003"}`)}
	if diff := cmp.Diff(string(s.stored), string(s.as(3).Value)); diff != "" {
		t.Errorf("it stands for itself as it is (-want +got):\n%s", diff)
	}
	other := s.as(1003)
	if got, want := string(other.Key), tenantKey("tenant-0001003"); got != want {
		t.Errorf("the key is %s, expected %s", got, want)
	}
	text := string(other.Value)
	if strings.Contains(text, s.name) || strings.Contains(text, "u-3") || !strings.Contains(text, `"Customer tenant-0001003"`) {
		t.Errorf("another tenant is stored as %s", text)
	}
}

func TestEntitiesAreGroups(t *testing.T) {
	t.Parallel()
	known, blocked := map[string]bool{}, 0
	const entities = 10_000
	for i := range entities {
		e := Entity(i)
		for _, interest := range e.Spec.Interests {
			if !known[interest.Holder.Name] {
				t.Fatalf("%s is held by %s, which comes later or never", e.Name, interest.Holder.Name)
			}
		}
		if seat := e.Spec.Jurisdictions.Headquarters; seat == "CN" || seat == "RU" {
			blocked++
		}
		known[e.Name] = true
	}
	if len(known) != entities || blocked < entities/Group/30 || blocked > entities/Group/10 {
		t.Errorf("%d names and %d groups in blocked places of %d", len(known), blocked, entities/Group)
	}
}
