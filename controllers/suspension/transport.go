package suspension

import (
	"net/http"

	"k8s.io/client-go/rest"
)

// Once is a configuration for clients that send every write once. Others send a
// write again by themselves when the API server says to come back later, as it
// does of an eviction, and the rate would not hold. What the API server has to
// say about what is written is for whoever wrote it first, and not for the log.
func Once(config *rest.Config) *rest.Config {
	once := rest.CopyConfig(config)
	once.WarningHandler = rest.NoWarnings{}
	once.Wrap(func(next http.RoundTripper) http.RoundTripper { return impatient{next} })
	return once
}

type impatient struct{ next http.RoundTripper }

// RoundTrip takes away what makes clients try again.
func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := i.next.RoundTrip(r)
	if response != nil && r.Method != http.MethodGet {
		response.Header.Del("Retry-After")
	}
	return response, err
}
