package translate_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/translate"
)

// TestLabelsStayThoseOfTheTenant holds that sharing label sets confuses none, also
// beyond the number that is shared.
func TestLabelsStayThoseOfTheTenant(t *testing.T) {
	t.Parallel()
	for i := range 12_000 {
		for _, labels := range []map[string]string{{"n": fmt.Sprint(i)}, {"n": fmt.Sprint(i), "tier": "paid"}, {"tier": "paid"}, nil} {
			tenant := translate.Tenant(&v1alpha1.Tenant{ObjectMeta: metav1.ObjectMeta{Name: "t", Labels: maps.Clone(labels)}})
			if diff := cmp.Diff(labels, tenant.Tenant.Labels); diff != "" {
				t.Fatalf("labels of tenant %d (-want +got):\n%s", i, diff)
			}
		}
	}
}
