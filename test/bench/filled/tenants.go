package filled

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// MaxSeeds is how many Tenants are created as users do it. All others are
// written to etcd as the API server has stored those, with the status that a
// manager has written, under names and UIDs of their own: hundreds of thousands
// of requests would take longer than all measurements.
const MaxSeeds = 1000

// Seed is a Tenant as it is stored.
type Seed struct {
	name, uid string
	stored    []byte
}

func tenantKey(name string) string { return "/registry/domicile.dev/tenants/" + name }

// ReadSeeds reads how the first n tenants are stored.
func ReadSeeds(ctx context.Context, c client.Reader, etcd *Etcd, n int) ([]Seed, error) {
	var list v1alpha1.TenantList
	if err := c.List(ctx, &list); err != nil {
		return nil, err
	}
	uids := map[string]types.UID{}
	for _, t := range list.Items {
		uids[t.Name] = t.UID
	}
	seeds := make([]Seed, n)
	for i := range seeds {
		s := &seeds[i]
		s.name = TenantName(i)
		s.uid = string(uids[s.name])
		var err error
		if s.stored, err = etcd.Get(ctx, tenantKey(s.name)); err != nil {
			return nil, err
		}
		if s.uid == "" || !bytes.Contains(s.stored, []byte(s.uid)) {
			return nil, fmt.Errorf("tenant %s is not stored as expected", s.name)
		}
	}
	return seeds, nil
}

// as is the same tenant with another number, and so another name and UID.
func (s *Seed) as(i int) KeyValue {
	name, stored := TenantName(i), s.stored
	if name != s.name {
		stored = bytes.ReplaceAll(stored, []byte(s.name), []byte(name))
		stored = bytes.ReplaceAll(stored, []byte(s.uid), []byte(uuid.NewUUID()))
	}
	return KeyValue{Key: []byte(tenantKey(name)), Value: stored}
}

// Tenants writes so many tenants, those that are there already as well: whatever
// their status was, it is right afterwards.
func Tenants(ctx context.Context, c client.Reader, etcd *Etcd, seeds []Seed, tenants int) (time.Duration, error) {
	begin := time.Now()
	writes, writing := errgroup.WithContext(ctx)
	writes.SetLimit(Parallel)
	var mu sync.Mutex
	last := ""
	for i := range tenants {
		writes.Go(func() error {
			revision, err := etcd.Put(writing, seeds[i%len(seeds)].as(i))
			mu.Lock()
			defer mu.Unlock()
			// The greatest one: they grow longer as they grow.
			if len(revision) > len(last) || len(revision) == len(last) && revision > last {
				last = revision
			}
			return err
		})
	}
	if err := writes.Wait(); err != nil {
		return 0, err
	}
	took := time.Since(begin)
	// The API server answers from what it watches: it must have seen them all.
	list, err := listAt(ctx, c, last)
	if err != nil {
		return 0, err
	}
	if n := len(list.Items); n == 0 || list.RemainingItemCount == nil && tenants > 1 {
		return 0, fmt.Errorf("the API server lists %d tenants instead of %d", n, tenants)
	}
	return took, nil
}

// listAt lists one tenant as soon as the API server has seen a revision.
func listAt(ctx context.Context, c client.Reader, revision string) (list v1alpha1.TenantList, err error) {
	at := &client.ListOptions{Limit: 1, Raw: &metav1.ListOptions{
		ResourceVersion: revision, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
	}}
	for {
		if err = c.List(ctx, &list, at); !apierrors.IsTimeout(err) && !apierrors.IsServerTimeout(err) {
			return list, err
		}
	}
}
