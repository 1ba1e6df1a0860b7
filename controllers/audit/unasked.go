package audit

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

// certainAfter is how long after such a change everything is gone over once more: API
// servers may learn a while later of what was put back, and ask nobody until then.
const certainAfter = 10 * time.Second

// unasked says that admission was perhaps not asked about something for a while:
// its webhook configuration was deleted or is another one. The zero value says no.
type unasked struct {
	since   atomic.Bool
	changed snapshot.Broadcast
}

// take says whether that was so since the last time.
func (u *unasked) take() bool { return u.since.Swap(false) }

func (u *unasked) notice() {
	u.since.Store(true)
	u.changed.Wake()
}

// lookUnasked makes everything due if admission was not asked about something, and once more
// when API servers are certain to ask about it again.
func (a *Auditor) lookUnasked(now time.Time) {
	switch {
	case a.unasked.take():
		a.due.everything = true
		if a.certainAt.IsZero() {
			a.certainAt = now.Add(certainAfter)
		}
	case !a.certainAt.IsZero() && !now.Before(a.certainAt):
		a.due.everything, a.certainAt = true, time.Time{}
	}
}

// watchConfiguration notes when somebody changes what admission is asked about. What
// was admitted before it was put back is found by going over everything at once.
func (a *Auditor) watchConfiguration(ctx context.Context) error {
	informer, err := a.options.Cache.GetInformer(ctx, &admissionv1.ValidatingWebhookConfiguration{})
	if err != nil {
		return fmt.Errorf("watch the webhook configuration: %w", err)
	}
	registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(_ any, initial bool) {
			if !initial { // it was put back: what came in until now is complete
				a.unasked.notice()
			}
		},
		UpdateFunc: func(before, after any) {
			b, okBefore := before.(*admissionv1.ValidatingWebhookConfiguration)
			c, okAfter := after.(*admissionv1.ValidatingWebhookConfiguration)
			if !okBefore || !okAfter || b.UID != c.UID {
				a.unasked.notice()
			} else if !equality.Semantic.DeepEqual(b.Webhooks, c.Webhooks) {
				a.asks(b.Webhooks, c.Webhooks)
			}
		},
		DeleteFunc: func(any) { a.unasked.notice() },
	})
	if err != nil {
		return fmt.Errorf("watch the webhook configuration: %w", err)
	}
	if !toolscache.WaitForCacheSync(ctx.Done(), registration.HasSynced) && ctx.Err() == nil {
		return errors.New("the informer of the webhook configuration did not get in sync")
	}
	return nil
}

// asks notes that admission is asked about something else. As soon as it is asked about
// more in some namespaces, and about all else as before, those are gone over: what came in
// the moment before is found.
func (a *Auditor) asks(before, after []admissionv1.ValidatingWebhook) {
	if a.options.Asks != nil {
		if namespaces, ok := a.options.Asks(before, after); ok {
			for _, name := range namespaces {
				a.changed.add(name)
			}
			return
		}
	}
	a.unasked.notice()
}
