package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilversion "k8s.io/apimachinery/pkg/util/version"

	"github.com/domicile-dev/domicile/internal/snapshot"
)

// versionsEvery is how often API servers are asked for their versions: they are upgraded
// one after the other, and set back in an emergency.
const versionsEvery = time.Minute

// oldest is the first version of Kubernetes that can have a mirror. API servers before end
// with "concurrent map read and map write" when a policy with variables is compiled while
// another is evaluated (kubernetes/kubernetes#135757, mended in 1.36.0 alone). That is rare,
// but the mirror is compiled anew whenever somebody comes to be restricted or is no more.
var oldest = utilversion.MustParseGeneric("1.36.0")

// support says whether the API servers can have a mirror.
type support struct {
	// against is why not: "" if they can, nil as long as nobody knows.
	against atomic.Pointer[string]
	changed snapshot.Broadcast
	asked   time.Time // belongs to the goroutine of Start
}

// Works says that the API servers are known to be able to have a mirror.
func (c *Controller) Works() bool {
	against := c.support.against.Load()
	return against != nil && *against == ""
}

// WorksChanged returns a channel that is closed when Works says something else.
func (c *Controller) WorksChanged() <-chan struct{} { return c.support.changed.Changed() }

// lookAtVersions asks the API servers for their versions now and then; false as long as
// none has ever told one.
func (c *Controller) lookAtVersions(ctx context.Context, now time.Time) bool {
	before := c.support.against.Load()
	if before != nil && now.Sub(c.support.asked) < versionsEvery {
		return true
	}
	against, known := againstAny(c.servers.Versions(ctx))
	if !known {
		return before != nil // they are away, and are what they were
	}
	c.support.asked = now
	if before == nil || *before != against {
		if against != "" {
			c.log.Info("There is no mirror", "because", against)
		}
		c.support.against.Store(&against)
		c.support.changed.Wake()
		c.world = nil // it is rendered anew
	}
	return true
}

// againstAny says what is against a mirror: an API server that is too old.
func againstAny(versions []string) (against string, known bool) {
	for _, text := range slices.Sorted(slices.Values(versions)) {
		v, err := utilversion.ParseGeneric(text)
		if err != nil {
			return fmt.Sprintf("an API server of a version that is not understood, %q", text), true
		}
		// A version before a release, such as v1.36.0-beta.0, is of that minor version.
		if v.LessThan(oldest) {
			return fmt.Sprintf("an API server of Kubernetes %s, which a mirror could end: it needs %d.%d or later", text, oldest.Major(), oldest.Minor()), true
		}
	}
	return "", len(versions) > 0
}

// Versions implements Servers.
func (s *APIServers) Versions(ctx context.Context) (versions []string) {
	addresses, err := s.addresses(ctx)
	if err != nil {
		return nil
	}
	ask := func(addresses []string) []string {
		told := make([]string, len(addresses))
		var asking sync.WaitGroup
		for i, address := range addresses {
			asking.Go(func() { told[i] = s.version(ctx, address) })
		}
		asking.Wait()
		return slices.DeleteFunc(told, func(v string) bool { return v == "" })
	}
	if versions = ask(addresses); len(versions) == 0 && addresses[0] != "" {
		versions = ask([]string{""})
	}
	return versions
}

// untold is the version of an API server that does not tell it.
const untold = "untold"

// version is that of one API server; "" if it does not answer.
func (s *APIServers) version(ctx context.Context, address string) string {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	c, err := s.client(address)
	if err != nil {
		return ""
	}
	var told struct {
		GitVersion string `json:"gitVersion"`
	}
	body, err := c.Discovery().RESTClient().Get().AbsPath("/version").DoRaw(ctx)
	switch {
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err), apierrors.IsNotFound(err):
		return untold
	case err != nil:
		return ""
	case json.Unmarshal(body, &told) != nil || told.GitVersion == "":
		return untold
	}
	return told.GitVersion
}
