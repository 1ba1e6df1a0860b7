package webhook

import (
	"context"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/translate"
)

// Dependencies is what the handlers need from the rest of the program. All
// fields but Synced, Fresh, HoldsPods, Reads, ReviewMemory, ShortRefusals, Leaving, Clock and Log are required.
type Dependencies struct {
	// Snapshots has what decisions are made from.
	Snapshots *snapshot.Holder
	// Synced says whether the caches that Lookup and Snapshots read from have
	// been filled. Until then nothing is known. Nil is always.
	Synced func() bool
	// Fresh is an error while the world may be too old to decide from. Nil is never.
	Fresh func() error
	// Lookup finds what a request refers to.
	Lookup Lookup
	// Access says what users may do.
	Access Access
	// HoldsPods reads live whether a resource holds Pods by its definition, for one that
	// the snapshot does not know yet and another replica does. Nil says of none.
	HoldsPods func(context.Context, schema.GroupResource) (bool, error)
	// Refresher reads a Tenant that is not in the snapshot yet.
	Refresher Refresher
	// Reads counts what Refresher and HoldsPods read. Nil counts nothing.
	Reads *LiveReads
	// Registerer takes the metrics.
	Registerer prometheus.Registerer
	// ReviewMemory is how many bytes all reviews that are being answered may take
	// together. 0 is DefaultReviewMemory.
	ReviewMemory int64
	// ShortRefusals leaves out of answers who owns a tenant, and where: see explain.Brief.
	ShortRefusals bool
	// Leaving says that this replica is about to stop. Nil is never.
	Leaving func() bool
	// Clock tells the time. Nil is time.Now.
	Clock func() time.Time
	// Log takes what the operator should know. The zero value discards it.
	Log logr.Logger
}

// NamespaceMeta is what decisions need of a Namespace.
type NamespaceMeta struct {
	Labels, Annotations map[string]string
}

// Lookup finds the objects that a request refers to. An object that does not
// exist is an error that apierrors.IsNotFound knows; every other error means
// that it is not known.
type Lookup interface {
	// Namespace reads a Namespace, from a cache and live if it is not there.
	Namespace(ctx context.Context, name string) (NamespaceMeta, error)
	// Namespaces lists all Namespaces, from a cache: for advice, and not to decide.
	Namespaces(ctx context.Context) ([]*residency.Namespace, error)
	// SecretTenant is the tenant that a Secret claims, "" if none, from a watch and
	// live if that does not know it.
	SecretTenant(ctx context.Context, namespace, name string) (string, error)
	// ServiceAccount is what running as a ServiceAccount means; from where is as above.
	ServiceAccount(ctx context.Context, namespace, name string) (translate.ServiceAccount, error)
	// Object reads one object, live and as decoded JSON: what a subresource belongs
	// to, or what another object refers to.
	Object(ctx context.Context, resource schema.GroupVersionResource, namespace, name string) (map[string]any, error)
	// Pods reads the Pods of a namespace that a field selector selects, live, one by
	// one as long as each returns true.
	Pods(ctx context.Context, namespace, selector string, each func(growth.Pod) bool) error
}

// Access asks the API server what users may do.
type Access interface {
	// May says whether a user has a verb on a Tenant, as it was some seconds ago
	// at most. An empty tenant asks about all of them.
	May(ctx context.Context, user authenticationv1.UserInfo, verb, tenant string) (bool, error)
}

// Refresher reads live what is too new for the snapshot.
type Refresher interface {
	// WithTenant returns the current snapshot with the Tenant as it stands
	// now, and the parties that it refers to. A Tenant that does not exist is
	// simply not in it. An error means that it is not known.
	WithTenant(ctx context.Context, name string) (*snapshot.Snapshot, error)
}
