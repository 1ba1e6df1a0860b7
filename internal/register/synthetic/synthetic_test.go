package synthetic_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
)

var registers = map[string]synthetic.Register{
	"GLEIF":    synthetic.GLEIF.Sized(20_000),
	"PSC":      synthetic.PSC.Sized(20_000),
	"Holdings": {Shape: synthetic.Holdings, Parties: 20_000, Interests: 20_000, Seed: 7},
}

func TestRegistersHaveTheSizeAndShapeThatIsSaid(t *testing.T) {
	t.Parallel()
	for name, r := range registers {
		parties, seeds, letters := 0, 0, 0
		keys := map[string]bool{}
		for p := range r.AllParties() {
			parties++
			letters += len(p.Name)
			keys[p.ID] = true
			for _, blocked := range synthetic.Blocked {
				if blocked == p.Headquarters || blocked == p.Nationality {
					seeds++
				}
			}
		}
		if parties != r.Parties || len(keys) != r.Parties {
			t.Errorf("%s has %d parties with %d different ids, want %d", name, parties, len(keys), r.Parties)
		}
		if part := float64(seeds) / float64(parties); part < 0.015 || part > 0.025 {
			t.Errorf("%s: %.1f %% of the parties are seeds, want 2 %%", name, 100*part)
		}
		if mean := letters / parties; mean < 15 || mean > 35 {
			t.Errorf("%s: names have %d letters on average", name, mean)
		}
		interests, most := 0, 0
		held := map[int]int{}
		for i := range r.AllInterests() {
			interests++
			held[i.Holder]++
			most = max(most, held[i.Holder])
			if i.Holder == i.Subject || r.Party(i.Subject).Person {
				t.Fatalf("%s: %+v", name, i)
			}
		}
		if interests != r.Interests {
			t.Errorf("%s has %d interests, want %d", name, interests, r.Interests)
		}
		if mean := interests / len(held); most < 15*mean {
			t.Errorf("%s: a holder holds %d on average and %d at most: that is no power law", name, mean, most)
		}
	}
}

func TestOneSubjectInAHundredIsInALoop(t *testing.T) {
	t.Parallel()
	for name, r := range registers {
		holders := map[int][]int{}
		for i := range r.AllInterests() {
			holders[i.Subject] = append(holders[i.Subject], i.Holder)
		}
		loops := 0
		for subject := range holders {
			if reaches(holders, subject, subject, map[int]bool{}) {
				loops++
			}
		}
		if part := float64(loops) / float64(len(holders)); part < 0.005 || part > 0.03 {
			t.Errorf("%s: %d of %d subjects hold themselves through others, want 1 %%", name, loops, len(holders))
		}
	}
}

func reaches(holders map[int][]int, from, to int, seen map[int]bool) bool {
	for _, h := range holders[from] {
		if h == to {
			return true
		}
		if !seen[h] {
			seen[h] = true
			if reaches(holders, h, to, seen) {
				return true
			}
		}
	}
	return false
}

func TestLEIsHaveRightCheckDigitsAndNoIssuer(t *testing.T) {
	t.Parallel()
	for n := range 2000 {
		lei := registers["GLEIF"].Party(n).LEI
		var number strings.Builder
		for _, c := range lei {
			digit, err := strconv.ParseInt(string(c), 36, 64)
			if err != nil {
				t.Fatal(err)
			}
			number.WriteString(strconv.FormatInt(digit, 10))
		}
		value, _ := new(big.Int).SetString(number.String(), 10)
		if len(lei) != 20 || value.Mod(value, big.NewInt(97)).Int64() != 1 || !strings.HasPrefix(lei, "ZZZZ00") {
			t.Fatalf("%s is no LEI, or that of an issuer", lei)
		}
	}
}

func TestEqualDescriptionsGiveEqualRegisters(t *testing.T) {
	t.Parallel()
	for name, r := range registers {
		var once, again, other bytes.Buffer
		another := r
		another.Seed++
		for _, written := range []struct {
			register synthetic.Register
			to       io.Writer
		}{{r, &once}, {r, &again}, {another, &other}} {
			if err := written.register.Sized(500).WriteBODS(written.to); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(once.Bytes(), again.Bytes()) || bytes.Equal(once.Bytes(), other.Bytes()) {
			t.Errorf("%s: the register does not depend on its description alone", name)
		}
	}
}

func TestBuildGivesAGraphWithoutLooseEnds(t *testing.T) {
	t.Parallel()
	for name, r := range registers {
		var b ownership.Builder
		r.Build(&b)
		g := b.Build()
		if g.Len() != r.Parties {
			t.Errorf("%s: the graph has %d parties, want %d", name, g.Len(), r.Parties)
		}
		for _, p := range g.Problems() {
			if p.Reason != ownership.ProblemMoreThanWhole {
				t.Errorf("%s: %+v", name, p)
			}
		}
		held := 0
		v := g.At(time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC))
		for n := range ownership.Node(g.Len()) {
			held += len(v.Holdings(n))
		}
		if held < r.Interests*8/10 {
			t.Errorf("%s: %d of %d interests hold today", name, held, r.Interests)
		}
	}
}

func TestFilesAreWellFormed(t *testing.T) {
	t.Parallel()
	var level1, relationships, exceptions, bods, ftm bytes.Buffer
	gleif := registers["GLEIF"]
	if err := gleif.WriteGLEIF(&level1, &relationships, &exceptions); err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct {
		name string
		text *bytes.Buffer
		rows int
	}{
		{"level 1", &level1, gleif.Parties}, {"relationships", &relationships, gleif.Interests},
		{"exceptions", &exceptions, (gleif.Parties + 2) / 3},
	} {
		rows, err := csv.NewReader(file.text).ReadAll()
		if err != nil || len(rows) != file.rows+1 {
			t.Errorf("%s: %d rows, want a header and %d: %v", file.name, len(rows), file.rows, err)
		}
	}
	holdings := registers["Holdings"]
	if err := holdings.WriteGLEIF(&level1, nil, nil); err == nil {
		t.Error("persons were written as GLEIF")
	}
	if err := errors.Join(holdings.WriteBODS(&bods), holdings.WriteFollowTheMoney(&ftm)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]*bytes.Buffer{"BODS": &bods, "FollowTheMoney": &ftm} {
		lines := 0
		for line := range bytes.Lines(text.Bytes()) {
			lines++
			if !json.Valid(line) {
				t.Fatalf("%s: line %d is no JSON: %s", name, lines, line)
			}
		}
		if lines < holdings.Parties+holdings.Interests/2 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
}
