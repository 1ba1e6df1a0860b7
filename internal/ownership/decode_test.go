package ownership_test

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/ownership/graphtest"
)

const maxLayer = 1 << 24

// encoded is a small layer with something of everything in it.
func encoded(t testing.TB) []byte {
	t.Helper()
	l := layer(
		company("a", "SG", leiA), company("b", "CN-GD", gbB), company("b", "RU", gbB),
		ownership.Party{Key: "p", Type: ownership.Person, Jurisdictions: ownership.Jurisdictions{Nationality: []jurisdiction.Code{"CN", "GB"}, Residence: []jurisdiction.Code{"SG"}}},
		holds(byKey("p"), byKey("a"), 60, "1"), holds(byKey("b"), byKey("a"), 60, "2"), holds(byKey("ghost"), byKey("b"), 10, "3"),
		ownership.Interest{Holder: byKey("p"), Subject: byKey("b"), Kind: ownership.Control, Since: anyDay, Source: "4"},
	)
	var out bytes.Buffer
	if err := l.Encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDecodeRefusesWhatIsDamaged(t *testing.T) {
	whole := encoded(t)
	if _, err := ownership.Decode(bytes.NewReader(whole), maxLayer); err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1 << (at % 8)
		if _, err := ownership.Decode(bytes.NewReader(damaged), maxLayer); err == nil {
			t.Errorf("Decode accepts a layer with a wrong bit in byte %d", at)
		}
		if _, err := ownership.Decode(bytes.NewReader(whole[:at]), maxLayer); err == nil {
			t.Errorf("Decode accepts the first %d of %d bytes", at, len(whole))
		}
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	whole := encoded(t)
	later := bytes.Clone(whole)
	later[len("DOMICILE-LAYER\n")] = 9
	bit := bytes.Clone(whole)
	bit[len(bit)-40] ^= 1
	for name, tc := range map[string]struct {
		reason string
		data   []byte
		limit  int64
		want   string
	}{
		"Nothing":   {"an empty file", nil, maxLayer, "this is no compiled ownership data"},
		"Other":     {"a file of another sort", []byte(`{"statements": [1, 2, 3]}`), maxLayer, "this is no compiled ownership data"},
		"Later":     {"a later program wrote it", later, maxLayer, "it is of version 9, and this program reads version 2: compile the register again"},
		"Short":     {"a download that broke off", whole[:len(whole)-100], maxLayer, "the compiled data is damaged: it ends too early"},
		"Longer":    {"two files in one", append(bytes.Clone(whole), 'x'), maxLayer, "the compiled data is damaged: there is more after its end"},
		"Bit":       {"a bit that is wrong", bit, maxLayer, "the compiled data is damaged: its checksum is not that of its content"},
		"TooLarge":  {"it says beforehand how large it gets", whole, 1000, "bytes of memory: at most 1000 are allowed"},
		"HugeLies":  {"counts that no file can fill take no memory", lies(whole), 1 << 62, "it ends too early"},
		"Untouched": {"nothing is wrong", whole, maxLayer, ""},
	} {
		_, err := ownership.Decode(bytes.NewReader(tc.data), tc.limit)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s (%s): error %v, want %q", name, tc.reason, err, tc.want)
		}
	}
}

// lies says that there are four thousand million records.
func lies(whole []byte) []byte {
	liar := bytes.Clone(whole)
	const records = len("DOMICILE-LAYER\n") + 4 + 8 + 5*4
	copy(liar[records:], "\xff\xff\xff\xff")
	return liar
}

// FuzzDecode gives files to Decode that have the right checksum and are wrong in
// any other way: what it accepts must be safe to use.
func FuzzDecode(f *testing.F) {
	whole := encoded(f)
	f.Add(whole[:len(whole)-sha256.Size])
	random := rand.New(rand.NewPCG(1, 2))
	for range 64 {
		damaged := bytes.Clone(whole[:len(whole)-sha256.Size])
		damaged[20+random.IntN(len(damaged)-20)] = byte(random.Uint32())
		f.Add(damaged)
	}
	f.Fuzz(func(t *testing.T, content []byte) { useDecoded(t, content) })
}

func TestDecodeSurvivesHostileFiles(t *testing.T) {
	whole := encoded(t)
	random := rand.New(rand.NewPCG(3, 4))
	accepted := 0
	for range 4000 {
		hostile := bytes.Clone(whole[:len(whole)-sha256.Size])
		for range 1 + random.IntN(3) {
			hostile[19+random.IntN(len(hostile)-19)] = byte(random.Uint32())
		}
		if useDecoded(t, hostile) {
			accepted++
		}
	}
	if accepted == 0 {
		t.Error("no changed file was accepted: names may be anything, so some should be")
	}
}

// useDecoded does everything with a layer that can be done with one.
func useDecoded(t *testing.T, content []byte) (accepted bool) {
	t.Helper()
	sum := sha256.Sum256(content)
	l, err := ownership.Decode(bytes.NewReader(append(bytes.Clone(content), sum[:]...)), maxLayer)
	if err != nil {
		return false
	}
	reread(t, l)
	g := ownership.NewGraph(ownership.Merge(l, layer(company("c", "SG", leiA)).Named("x")), layer(company("a", "CN"), holds(byID(leiA), byKey("b"), 70, "5")))
	g.Problems()
	v := g.At(anyDay)
	rule := defaults
	rule.UndisclosedPossible = true
	o := v.Trace(rule, graphtest.Start(g, "CN"))
	for n := range ownership.Node(g.Len()) {
		g.Party(n)
		g.Label(n)
		v.Holdings(n)
		o.Restricting(n, 4)
	}
	return true
}
