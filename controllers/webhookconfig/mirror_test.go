package webhookconfig

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// mirror is one that works or does not.
type mirror struct {
	works atomic.Bool
	snapshot.Broadcast
}

func (m *mirror) Works() bool                   { return m.works.Load() }
func (m *mirror) WorksChanged() <-chan struct{} { return m.Changed() }

func (m *mirror) becomes(works bool) {
	m.works.Store(works)
	m.Wake()
}

// TestWithoutAMirrorAnOutageRefusesEverybody says Ignore, which is for those whom the mirror
// does not refuse: where API servers are too old for one, it would admit everybody.
func TestWithoutAMirrorAnOutageRefusesEverybody(t *testing.T) {
	o, m := liveOptions(), &mirror{}
	o.FailurePolicy, o.Mirror = admissionv1.Ignore, m
	startWith(t, o, nil, "", sample.Policy("plain", nil))
	does := func(want admissionv1.FailurePolicyType) func(context.Context) error {
		return func(ctx context.Context) error {
			live, err := liveConfiguration(ctx)
			if err != nil {
				return err
			}
			for _, hook := range live.Webhooks {
				if hook.Name == entryWorkloads && *hook.FailurePolicy == want {
					return nil
				}
			}
			return fmt.Errorf("it is not %s", want)
		}
	}
	apiserver.Eventually(t, "nobody knows yet", does(admissionv1.Fail))
	m.becomes(true)
	apiserver.Eventually(t, "there can be a mirror", does(admissionv1.Ignore))
	m.becomes(false)
	apiserver.Eventually(t, "an API server was set back to an older version", does(admissionv1.Fail))
}
