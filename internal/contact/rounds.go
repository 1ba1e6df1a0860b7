package contact

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"

	"github.com/domicile-dev/domicile/internal/eventwatch"
)

const (
	// round is how long one watch lasts. The API server sends a bookmark two seconds
	// before the end of a watch, and looks once a second whether one is due.
	round = 3 * time.Second
	// readTimeout is how long a read may take.
	readTimeout = round
	// silence is when a watch is given up that does not begin, or does not end.
	silence = round + 2*time.Second
	// pause is the shortest time between two attempts.
	pause = time.Second
	// nobody is a name that no object can have, but that storage can look up.
	nobody = "-"
)

// errSilent is why a watch is given up.
var errSilent = errors.New("a watch hangs")

// errOtherPast says that the API server has lost what it had told: etcd was restored.
var errOtherPast = errors.New("the API server is behind what it told before: its data were replaced")

// kind is one kind of the world.
type kind struct {
	name   string
	clock  clock.WithTicker
	log    logr.Logger
	server toolscache.ListerWatcherWithContext
	proofs proofs
}

// watch is what an informer watches with. It goes on, in rounds, until the informer
// stops it or has to list again. It retries what failed by itself: an informer would
// list everything again, and waits longer and longer.
func (k *kind) watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	s := &stream{kind: k, revision: o.ResourceVersion}
	if ptr.Deref(o.SendInitialEvents, false) || o.ResourceVersion == "" || o.ResourceVersion == "0" {
		s.asked = k.clock.Now()
		s.consistent = ptr.Deref(o.SendInitialEvents, false) && o.ResourceVersion == ""
		first, err := k.server.WatchWithContext(ctx, o)
		if err != nil {
			k.proofs.fail(err)
			return nil, fmt.Errorf("watch each %s: %w", k.name, err)
		}
		s.first = first
	}
	return eventwatch.New(ctx, func(ctx context.Context, send eventwatch.Send) error {
		s.tell = send
		s.run(ctx)
		return nil
	}), nil
}

// claim reads where the API server stands, again and again until it answers. What it
// has told before must be older.
func (k *kind) claim(ctx context.Context, told string, otherPast chan<- error) {
	for {
		c, err := k.read(ctx)
		order := 0
		if err == nil {
			order, err = resourceversion.CompareResourceVersion(c.revision, told)
		}
		switch {
		case err == nil && order < 0:
			otherPast <- errOtherPast
			return
		case err == nil:
			k.proofs.add(c)
			return
		case ctx.Err() == nil:
			k.proofs.fail(err)
		}
		if !k.wait(ctx, pause) {
			return
		}
	}
}

// read reads one object that is not there. The answer is consistent, as no revision is
// asked for.
func (k *kind) read(ctx context.Context) (claim, error) {
	at := k.clock.Now()
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	list, err := k.server.ListWithContext(ctx, metav1.ListOptions{FieldSelector: metav1.ObjectNameField + "=" + nobody, Limit: 1})
	if err != nil {
		return claim{}, fmt.Errorf("read the revision: %w", err)
	}
	m, err := meta.ListAccessor(list)
	if err != nil {
		return claim{}, fmt.Errorf("read the revision: %w", err)
	}
	return claim{at, m.GetResourceVersion()}, nil
}

// wait is false if the context ends before the time is up.
func (k *kind) wait(ctx context.Context, d time.Duration) bool {
	timer := k.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C():
		return true
	}
}

// expired says whether an informer has to list again.
func expired(err error) bool {
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
}
