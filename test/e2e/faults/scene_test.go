package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// What an error names and does not matter.
var (
	ports = regexp.MustCompile(`:\d{4,5}\b`)
	names = regexp.MustCompile(`\b[tp]-[a-z0-9-]+\b`)
)

const (
	// workers ask at the same time, each at most every pace.
	workers, pace = 6, 60 * time.Millisecond
	// requestTimeout is more than API servers wait for a webhook.
	requestTimeout = 15 * time.Second
	// steady tenants of each kind keep their verdict, whatever is written. The others
	// change hands, one every flipPause: long enough each to be certain for a while.
	steady, flippers = 10, 6
	flipPause        = 4 * time.Second
	// writePause is between changes that make no difference.
	writePause = 100 * time.Millisecond
)

// subject is a tenant with a namespace of its name.
type subject struct {
	name string
	*history
	places [2]string // that change without a difference; none for a tenant of the register
}

// scene is a cluster in which something breaks.
type scene struct {
	*cluster.Cluster
	manager   *cluster.Manager
	client    client.Client
	other     *cluster.APIServer
	second    atomic.Pointer[client.Client] // of the other API server, while it is asked
	rest      rest.Interface                // for what is sent as it is
	registers string                        // the folder of the register
	values    []string                      // of the chart
	rounds    int                           // how often the chart has been upgraded
	subjects  []*subject

	// asked is false while the API server may have nobody to ask.
	asked atomic.Bool
	// pause is between changes that make no difference, 0 for the usual one.
	pause atomic.Int64
	// written counts those.
	written  atomic.Int64
	flipping sync.Mutex
}

// connect makes clients that do not try again.
func (s *scene) connect() error {
	config := impatient(s.Config())
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	s.rest = typed.RESTClient()
	s.client, err = client.New(config, client.Options{})
	return err
}

// impatient makes clients of a configuration not try again.
func impatient(config *rest.Config) *rest.Config {
	config.WrapTransport = func(next http.RoundTripper) http.RoundTripper { return once{next} }
	config.WarningHandler = rest.NoWarnings{}
	config.Timeout = requestTimeout
	return config
}

// once takes away what makes clients try again.
type once struct{ http.RoundTripper }

func (o once) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := o.RoundTripper.RoundTrip(r)
	if response != nil {
		response.Header.Del("Retry-After")
	}
	return response, err
}

func object(format string, args ...any) *unstructured.Unstructured {
	o := &unstructured.Unstructured{}
	if text := fmt.Sprintf(format, args...); yaml.Unmarshal([]byte(text), &o.Object) != nil {
		panic("this is no manifest: " + text)
	}
	return o
}

var clearPlaces, restrictedPlaces = [2]string{"NZ", "DE"}, [2]string{"CN", "KP"}

// declare makes the tenants: steady ones, those that change hands, and two of a register.
func (s *scene) declare(ctx context.Context) error {
	list := []*unstructured.Unstructured{
		object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: blocked}, spec: {jurisdictions: {blocked: [CN, KP]}}}`),
		object(`{apiVersion: domicile.dev/v1alpha1, kind: OwnershipRegister, metadata: {name: works}, spec: {format: FollowTheMoney, interval: 10s, source: {file: {paths: [works.json]}}}}`),
	}
	add := func(name, party string, restricted bool, places [2]string) {
		h := &history{}
		h.begins(restricted)()
		s.subjects = append(s.subjects, &subject{name: name, history: h, places: places})
		list = append(list,
			object(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: %s}, spec: {parties: [{role: Customer, entity: {%s}}]}}`, name, party),
			object(`{apiVersion: v1, kind: Namespace, metadata: {name: %[1]s, annotations: {domicile.dev/tenant: %[1]s}}}`, name))
	}
	for i := range 2*steady + flippers {
		name, restricted := fmt.Sprintf("t-%d", i), i%2 == 0
		places := clearPlaces
		if restricted {
			places = restrictedPlaces
		}
		list = append(list, object(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: %s}, spec: {displayName: %s, type: Company, jurisdictions: {headquarters: %s}}}`, name, name, places[0]))
		add(name, "name: "+name, restricted, places)
	}
	add("t-register-r", "identifier: {scheme: OREG.WORKS, id: r}", true, [2]string{})
	add("t-register-c", "identifier: {scheme: OREG.WORKS, id: c}", false, [2]string{})
	for _, o := range list {
		// A kind that was defined a moment ago is waited for.
		var failed error
		err := cluster.Poll(ctx, o.GetKind()+" to be known", func(ctx context.Context) (bool, error) {
			failed = s.client.Create(ctx, o)
			return !meta.IsNoMatchError(failed), failed
		})
		if err := errors.Join(err, failed); err != nil {
			return fmt.Errorf("make %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// steadyOnes are the tenants that do not change hands.
func (s *scene) steadyOnes() []*subject {
	return append(s.subjects[:2*steady:2*steady], s.subjects[2*steady+flippers:]...)
}

// isKnown waits until each of them is answered as the oracle says.
func (s *scene) isKnown(ctx context.Context, subjects []*subject) error {
	return cluster.Poll(ctx, "the world to be known", func(ctx context.Context) (bool, error) {
		for _, subject := range subjects {
			_, restricted := subject.possible(time.Now(), time.Now())
			err := s.creates(ctx, subject, "Pod")
			if a := read(err); (a == refused) != restricted || a == unanswered || a == unknown {
				return false, fmt.Errorf("%s: %w", subject.name, err)
			}
		}
		return true, nil
	})
}

const podSpec = `{containers: [{name: c, image: example.org/c:1}]}`

// creates asks for something in a tenant's namespace, without any effect.
func (s *scene) creates(ctx context.Context, of *subject, kind string) error {
	through := s.client
	if second := s.second.Load(); second != nil && rand.IntN(2) == 0 {
		through = *second
	}
	return createsThrough(ctx, through, of, kind)
}

func createsThrough(ctx context.Context, through client.Client, of *subject, kind string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	o := object(`{apiVersion: v1, kind: Pod, metadata: {name: p-%d, namespace: %s}, spec: %s}`, rand.Int64(), of.name, podSpec)
	if kind == "Deployment" {
		o = object(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: p-%d, namespace: %s}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: %s}}}`, rand.Int64(), of.name, podSpec)
	}
	return through.Create(ctx, o, client.DryRunAll)
}

// load asks and writes until the context ends.
func (s *scene) load(ctx context.Context, t *tally) (wait func()) {
	var work sync.WaitGroup
	for range workers {
		work.Go(func() {
			every(ctx, func() time.Duration { return pace }, func() {
				subject, kind := s.subjects[rand.IntN(len(s.subjects))], [...]string{"Pod", "Deployment"}[rand.IntN(2)]
				asked, sent := s.asked.Load(), time.Now()
				err := s.creates(ctx, subject, kind)
				t.add(subject, sent, time.Now(), err, asked && s.asked.Load())
			})
		})
	}
	work.Go(func() {
		i := 0
		every(ctx, func() time.Duration { return flipPause }, func() {
			s.flip(ctx, s.subjects[2*steady+i%flippers])
			i++
		})
	})
	const writers = 8
	pause := func() time.Duration {
		if d := time.Duration(s.pause.Load()); d > 0 {
			return d
		}
		return writers * writePause
	}
	for n := range writers {
		work.Go(func() {
			i := n
			every(ctx, pause, func() {
				subject := s.subjects[i%(2*steady)]
				if s.write(ctx, subject.name, subject.places[i/(2*steady)%2]) == nil {
					s.written.Add(1)
				}
				i += writers
			})
		})
	}
	return work.Wait
}

// every does something until the context ends, with a pause from one start to the next.
func every(ctx context.Context, pause func() time.Duration, do func()) {
	for ctx.Err() == nil {
		timer := time.NewTimer(pause())
		do()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// wait lets a fault last.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// write says where an owner has its headquarters.
func (s *scene) write(ctx context.Context, name, place string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	patch := client.RawPatch(types.MergePatchType, fmt.Appendf(nil, `{"spec":{"jurisdictions":{"headquarters":%q}}}`, place))
	return s.client.Patch(ctx, object(`{apiVersion: domicile.dev/v1alpha1, kind: LegalEntity, metadata: {name: %s}}`, name), patch)
}

// conditionOf is the reason and the message of a condition of an object.
func conditionOf(o *unstructured.Unstructured, name string) (reason, message string) {
	conditions, _, err := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if c, _ := c.(map[string]any); err == nil && c["type"] == name {
			return fmt.Sprint(c["reason"]), fmt.Sprint(c["message"])
		}
	}
	return "", ""
}

// patch changes an object, of which the manifest is the beginning.
func (s *scene) patch(ctx context.Context, manifest, patch string) error {
	return s.client.Patch(ctx, object("%s", manifest), client.RawPatch(types.MergePatchType, []byte(patch)))
}

// flip makes a tenant restricted, or clear. One after the other: the order in which they
// are noted is that in which they are written.
func (s *scene) flip(ctx context.Context, of *subject) {
	s.flipping.Lock()
	defer s.flipping.Unlock()
	of.mu.Lock()
	restricted := !of.states[len(of.states)-1].restricted
	of.mu.Unlock()
	place := clearPlaces[0]
	if restricted {
		place = restrictedPlaces[0]
	}
	done := of.begins(restricted)
	if s.write(ctx, of.name, place) == nil {
		done()
	}
}

// mends starts every replica that does not run, as a kubelet would, and waits until all
// are ready.
func (s *scene) mends(ctx context.Context) error {
	return cluster.Poll(ctx, "all replicas to be ready", func(ctx context.Context) (bool, error) {
		ready := true
		for i := range s.manager.Replicas() {
			if !s.manager.Running(i) {
				if err := s.manager.StartReplica(ctx, i); err != nil {
					return false, err
				}
			}
			ready = ready && s.manager.Ready(i)
		}
		return ready, nil
	})
}

// settles waits until everybody has been answered for a while.
func (s *scene) settles(ctx context.Context, t *tally) error {
	const inARow = 100
	t.mu.Lock()
	from, failed := t.requests, t.unanswered
	t.mu.Unlock()
	return cluster.Poll(ctx, fmt.Sprintf("%d answers in a row", inARow), func(context.Context) (bool, error) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.unanswered != failed {
			from, failed = t.requests, t.unanswered
		}
		return t.requests-from >= inARow, errors.New(strings.TrimSpace(fmt.Sprint(t.why)))
	})
}
