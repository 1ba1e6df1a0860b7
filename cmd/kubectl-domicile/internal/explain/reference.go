package explain

import (
	"context"
	"fmt"
	"time"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/internal/call"
)

// refer finds the tenant and the time that the number of a refusal stands for. Whoever
// asks must be able to see the tenants: the number alone says nothing.
func (o *options) refer(ctx context.Context, args []string) (what target, at time.Time, err error) {
	r, err := call.ParseReference(o.reference)
	if err != nil {
		return what, at, fmt.Errorf("--reference %s: %w", o.reference, err)
	}
	if r.IsOf("") {
		return what, at, fmt.Errorf("the request was nobody's: it was refused at %s because nobody knew whose it was", r.Time().Format(time.RFC3339))
	}
	if len(args) > 0 {
		if what, err = parseTarget(args); err == nil && !r.IsOf(what.tenant) {
			err = fmt.Errorf("the reference is not about tenant %s", what.tenant)
		}
		return what, r.Time(), err
	}
	names, err := o.tenants(ctx)
	if err != nil {
		return what, at, err
	}
	for _, name := range names {
		if r.IsOf(name) {
			fmt.Fprintf(o.streams.ErrOut, "a request of tenant %s was refused at %s; this is what is known now about that time\n", name, r.Time().Format(time.RFC3339))
			return target{tenant: name}, r.Time(), nil
		}
	}
	return what, at, fmt.Errorf("no Tenant that you can see has this reference, which is of %s", r.Time().Format(time.RFC3339))
}

// tenants lists the Tenants by name.
func (o *options) tenants(ctx context.Context) ([]string, error) {
	if o.Given() {
		w, err := o.world(ctx, world.Need{})
		if err != nil {
			return nil, err
		}
		return w.TenantNames(), nil
	}
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	return world.Names(ctx, client, "tenants")
}
