package call

import "strings"

// Headers are looked up by their names in lower case. A name with underscores in the
// place of hyphens is the same one, because some servers take it for that.
type Headers interface {
	// Get is the first value of a header, and how many there are.
	Get(name string) (value string, n int)
	// All are all its values.
	All(name string) []string
}

// Request is an API request as a proxy tells of it.
type Request struct {
	// Path is the path and query as they came.
	Path    string
	Headers Headers
	// Body is what is known of the body; BodyCut says that it is not all.
	Body    []byte
	BodyCut bool

	// SANs are the names in the certificate that the client has shown to the proxy.
	SANs []string
	// Proxy are the names in the certificate that the proxy has shown to the gateway.
	Proxy []string
	// Claimed says that the request itself has a header with which the gateway tells the
	// upstream whose a request is, under a name that no proxy takes out.
	Claimed bool
	// Metadata is what the proxy has found out about the request, by namespace.
	Metadata map[string]map[string]any
}

// TenantHeader tells the upstream whose a request is. What the client says in it is gone.
const TenantHeader = "x-domicile-tenant"

// ClaimsTenant says whether a header is one that makes a request Claimed.
func ClaimsTenant(header string) bool {
	return strings.Contains(header, "_") && SameHeader(header, TenantHeader)
}

// SameHeader says whether a header has a name, in lower case and with hyphens, or one
// that a server could take for it.
func SameHeader(header, name string) bool {
	if len(header) != len(name) {
		return false
	}
	for i := range len(name) {
		c := header[i]
		switch {
		case c == '_':
			c = '-'
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if c != name[i] {
			return false
		}
	}
	return true
}

// HeaderMap is headers by their names.
type HeaderMap map[string][]string

// Get implements Headers.
func (m HeaderMap) Get(name string) (value string, n int) {
	for header, values := range m {
		if !SameHeader(header, name) || len(values) == 0 {
			continue
		}
		if n == 0 {
			value = values[0]
		}
		n += len(values)
	}
	return value, n
}

// All implements Headers.
func (m HeaderMap) All(name string) (all []string) {
	for header, values := range m {
		if SameHeader(header, name) {
			all = append(all, values...)
		}
	}
	return all
}
