package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/dynamic"
	"k8s.io/utils/clock"
)

// firstLook and lastLook bound the time until it is looked again whether the
// CustomResourceDefinitions of reports have been installed.
const (
	firstLook, lastLook = 30 * time.Second, 10 * time.Minute
	// reportsPageSize bounds the pages in which reports are read back: one may
	// have some 200 kB.
	reportsPageSize = 50
)

// errNotInstalled says that the kinds of reports are not served.
var errNotInstalled = errors.New("the CustomResourceDefinitions of reports are not installed")

// reports keeps the reports as they should be.
type reports struct {
	client  dynamic.Interface
	kinds   *reportKinds // nil for no reports
	clock   clock.PassiveClock
	metrics *metrics
	log     logr.Logger

	// content has what the reports that exist say, by namespace.
	content map[string]string
	loaded  bool
	// missing says that the kinds are not served; lookAt is when to look again,
	// and zero otherwise.
	missing bool
	lookAt  time.Time
	pause   time.Duration
}

func newReports(client dynamic.Interface, api ReportAPI, c clock.PassiveClock, m *metrics, log logr.Logger) (*reports, error) {
	kinds, ok := reportAPIs[api]
	if !ok {
		return nil, fmt.Errorf("unknown kind of reports %q: there are %q, %q and %q", api, OpenReports, PolicyReports, NoReports)
	}
	return &reports{client: client, kinds: kinds, clock: c, metrics: m, log: log, content: map[string]string{}}, nil
}

// load finds the reports that exist: those of an earlier leader too.
func (r *reports) load(ctx context.Context) error {
	if r.kinds == nil {
		return nil
	}
	content := map[string]string{}
	for i := range r.kinds.resources {
		o := metav1.ListOptions{LabelSelector: labels.Set{managedBy: managedByValue}.String(), Limit: reportsPageSize}
		for {
			r.metrics.requests.Inc()
			page, err := r.client.Resource(r.kinds.version.WithResource(r.kinds.resources[i])).List(ctx, o)
			if err != nil {
				return r.explain(err)
			}
			for i := range page.Items {
				if u := &page.Items[i]; u.GetName() == reportName {
					content[u.GetNamespace()] = u.GetAnnotations()[contentAnnotation]
				}
			}
			if o.Continue = page.GetContinue(); o.Continue == "" {
				break
			}
		}
	}
	r.content, r.loaded, r.missing = content, true, false
	r.lookAt, r.pause = time.Time{}, 0
	r.count()
	return nil
}

// explain tells kinds that are not served from other failures, and notes it.
func (r *reports) explain(err error) error {
	if !notServed(err) {
		return fmt.Errorf("read the reports: %w", err)
	}
	if !r.missing {
		r.log.Info("Reports cannot be written: their CustomResourceDefinitions are not installed", "reportAPI", r.kinds.version.String())
	}
	r.missing, r.loaded = true, false
	r.pause = min(max(2*r.pause, firstLook), lastLook)
	r.lookAt = r.clock.Now().Add(r.pause)
	r.count()
	return errNotInstalled
}

// notServed says whether an error is about the kind and not about an object or
// its namespace.
func notServed(err error) bool {
	var status apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !errors.As(err, &status) {
		return false
	}
	details := status.Status().Details
	return details == nil || details.Name == ""
}

// appeared says whether the kinds of reports are served that were missing until
// now, so that everything has to be gone over to write them.
func (r *reports) appeared(ctx context.Context) bool {
	if !r.missing || r.clock.Now().Before(r.lookAt) {
		return false
	}
	r.lookAt = r.clock.Now().Add(max(r.pause, firstLook))
	return r.load(ctx) == nil
}

// write brings the report of a namespace up to date. Of what has been written
// nothing is kept but what identifies it.
func (r *reports) write(ctx context.Context, namespace string, f *findings) error {
	if r.kinds == nil || !r.loaded {
		return nil
	}
	has, exists := r.content[namespace]
	if f == nil || f.total() == 0 {
		if !exists {
			return nil
		}
		return r.remove(ctx, namespace)
	}
	report, err := r.kinds.report(namespace, f)
	if err != nil {
		return err
	}
	content := report.GetAnnotations()[contentAnnotation]
	if exists && has == content {
		return nil
	}
	client := r.client.Resource(r.kinds.resource(namespace)).Namespace(namespace)
	var earlier *unstructured.Unstructured
	if exists {
		r.metrics.requests.Inc()
		if earlier, err = client.Get(ctx, reportName, metav1.GetOptions{}); err != nil {
			earlier = nil // then the results are dated anew
		}
	}
	date(report, earlier, r.clock.Now().Unix())
	r.metrics.requests.Inc()
	_, err = client.Apply(ctx, reportName, report, metav1.ApplyOptions{FieldManager: FieldOwner, Force: true})
	switch {
	case err == nil:
		r.content[namespace] = content
		r.count()
		return nil
	case notServed(err):
		return r.explain(err)
	case apierrors.IsNotFound(err), apierrors.HasStatusCause(err, "NamespaceTerminating"):
		delete(r.content, namespace)
		r.count()
		return nil // the namespace is gone or going, and the report with it
	default:
		return fmt.Errorf("write the report of namespace %q: %w", namespace, err)
	}
}

func (r *reports) remove(ctx context.Context, namespace string) error {
	r.metrics.requests.Inc()
	err := r.client.Resource(r.kinds.resource(namespace)).Namespace(namespace).Delete(ctx, reportName, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove the report of namespace %q: %w", namespace, err)
	}
	delete(r.content, namespace)
	r.count()
	return nil
}

// existing are the namespaces that have a report.
func (r *reports) existing() []string { return slices.Sorted(maps.Keys(r.content)) }

func (r *reports) count() {
	var n [2]int
	if r.loaded {
		for namespace := range r.content {
			n[of(namespace)]++
		}
	}
	r.metrics.reportsAre(n[perNamespace], n[perCluster], r.kinds != nil && r.missing)
}
