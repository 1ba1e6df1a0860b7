package register_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/register"
)

// TestFollowTheMoneyIsWrittenInAnyWay writes every example anew: with the members
// and the elements of lists in another order, with other blanks, as an array or
// as an answer of an API.
func TestFollowTheMoneyIsWrittenInAnyWay(t *testing.T) {
	tried := 0
	for _, path := range corpus(t) {
		w := parse(t, path)
		layer, report, err := register.Read(t.Context(), w.files(), w.options)
		if err != nil || w.options.Format != register.FollowTheMoney {
			continue
		}
		tried++
		want := encoded(t, layer)
		for seed := range uint64(5) {
			file := file("again.json", anew(w, rand.New(rand.NewPCG(seed, 0))))
			layer, again, err := register.Read(t.Context(), []register.File{file}, w.options)
			if err != nil {
				t.Fatalf("%s, seed %d: %v", path, seed, err)
			}
			if !bytes.Equal(want, encoded(t, layer)) {
				first, _, _ := register.Read(t.Context(), w.files(), w.options)
				t.Fatalf("%s, seed %d (-want +got):\n%s", path, seed, cmp.Diff(graph(first), graph(layer)))
			}
			if again.Remarked() != report.Remarked() {
				t.Errorf("%s, seed %d: %d remarks, want %d", path, seed, again.Remarked(), report.Remarked())
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d examples", tried)
	}
}

// anew has the records of all files that are valid.
func anew(w world, random *rand.Rand) []byte {
	var records []string
	for _, f := range w.inputs {
		for line := range strings.Lines(string(f.Data)) {
			if json.Valid([]byte(line)) {
				records = append(records, string(reordered(json.RawMessage(line), random)))
			}
		}
	}
	random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	all := "[" + strings.Join(records, ",") + "]"
	switch random.IntN(4) {
	case 0:
		return []byte(strings.Join(records, "\n"))
	case 1:
		return []byte(all)
	case 2:
		return []byte(`{"total": {"value": 3}, "results": ` + all + "}")
	default:
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(all), "", "  "); err != nil {
			panic(err)
		}
		return b.Bytes()
	}
}

// reordered writes a value with members and elements in another order.
func reordered(value json.RawMessage, random *rand.Rand) json.RawMessage {
	join := func(parts []string, open, end string) json.RawMessage {
		random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return json.RawMessage(open + strings.Join(parts, []string{",", " ,\t"}[random.IntN(2)]) + end)
	}
	var members map[string]json.RawMessage
	var elements []json.RawMessage
	var parts []string
	switch value = bytes.TrimSpace(value); {
	case value[0] == '{' && json.Unmarshal(value, &members) == nil:
		for _, name := range slices.Sorted(maps.Keys(members)) {
			quoted, err := json.Marshal(name)
			if err != nil {
				panic(err)
			}
			parts = append(parts, string(quoted)+":"+string(reordered(members[name], random)))
		}
		return join(parts, "{", "}")
	case value[0] == '[' && json.Unmarshal(value, &elements) == nil:
		for _, e := range elements {
			parts = append(parts, string(reordered(e, random)))
		}
		return join(parts, "[", "]")
	default:
		return value
	}
}
