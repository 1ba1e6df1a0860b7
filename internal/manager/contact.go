package manager

import (
	"fmt"
	"net"
	"os"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/internal/contact"
)

const (
	// minContactBound leaves room for one proof that fails: each is at most 6 s old
	// when the next one comes.
	minContactBound = 10 * time.Second
	maxContactBound = time.Hour

	// dialTimeout is how long to wait before dialling anew. A dead network would
	// otherwise be asked again less and less often.
	dialTimeout = 3 * time.Second
)

// newContact makes what knows whether this replica is in contact with the API server,
// and has the clients that are made with this config notice a dead connection within
// the bound: client-go itself takes 45 s.
func newContact(config *rest.Config, o options) (*contact.Contact, error) {
	for name, seconds := range map[string]string{"HTTP2_READ_IDLE_TIMEOUT_SECONDS": "2", "HTTP2_PING_TIMEOUT_SECONDS": "3"} {
		if _, set := os.LookupEnv(name); set {
			continue
		}
		if err := os.Setenv(name, seconds); err != nil {
			return nil, fmt.Errorf("set %s: %w", name, err)
		}
	}
	config.Dial = (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	c := contact.New(o.contactBound, informers.World(), clock.RealClock{}, ctrl.Log.WithName("contact"))
	return c, c.Register(metrics.Registry)
}

// checkContactBound checks a flag.
func (o *options) checkContactBound() error {
	if o.contactBound < minContactBound || o.contactBound > maxContactBound {
		return fmt.Errorf("--contact-bound %s: must be %s to %s", o.contactBound, minContactBound, maxContactBound)
	}
	return nil
}
