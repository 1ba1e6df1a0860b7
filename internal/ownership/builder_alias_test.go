package ownership_test

import (
	"testing"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestAliases(t *testing.T) {
	var b ownership.Builder
	b.AddAlias("new", "old")
	b.AddAlias("", "old")
	b.AddParty(ownership.Party{Key: "new", Name: "Lantern", Source: "a"})
	b.AddParty(ownership.Party{Key: "other", Source: "a"})
	b.AddInterest(ownership.Interest{Holder: ownership.Ref{Key: "old"}, Subject: ownership.Ref{Key: "other"}, Share: ownership.UnknownShare, Source: "a"})
	b.AddAlias("older", "old")
	g := ownership.NewGraph(b.Layer().Named("reg"), nil)
	scheme := ownership.RegisterScheme("reg")
	var nodes []ownership.Node
	for _, id := range []string{"new", "old", "older"} {
		n, ok := g.Find(ownership.Ref{Identifier: ownership.Identifier{Scheme: scheme, ID: id}})
		if !ok || g.Party(n).Name != "Lantern" {
			t.Errorf("%s is not found", id)
		}
		nodes = append(nodes, n)
	}
	if nodes[0] != nodes[1] || nodes[0] != nodes[2] || g.Len() != 2 {
		t.Errorf("%v of %d parties", nodes, g.Len())
	}
}
