package mirror

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/domicile-dev/domicile/internal/mirror"
)

// requests is how many each world is asked about; DOMICILE_WORLDS says another number.
const requests = 1500

// TestTheMirrorRefusesNothingThatTheWebhookAdmits asks both about random requests.
func TestTheMirrorRefusesNothingThatTheWebhookAdmits(t *testing.T) {
	n := requests
	if text := os.Getenv("DOMICILE_WORLDS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for name, of := range policies() {
		t.Run(name, func(t *testing.T) {
			w := world(of...)
			e, a := enforce(t, options.Render(new(mirror.Reader).Read(w, at))), ask(t, w, at)
			g := generator{rand.New(rand.NewPCG(11, uint64(n)))}
			refused, denied, failed := 0, 0, 0
			for range n {
				r := g.request()
				said, why := e.refuses(t, r), a.refuses(t, r)
				if len(r.evaluationErrors) > 0 {
					failed++
				}
				if why != "" {
					denied++
				}
				if said == "" {
					continue
				}
				if refused++; why == "" {
					object, _ := json.Marshal(r.object)
					old, _ := json.Marshal(r.old)
					t.Fatalf("%s %v %s by %s in %v\n%s\n%s\nis admitted, but the mirror says: %s", r.operation, r.kind, r.subresource, r.user, r.namespace, old, object, said)
				}
			}
			t.Logf("of %d requests the webhook refuses %d, the mirror %d; it cannot evaluate %d", n, denied, refused, failed)
		})
	}
}
