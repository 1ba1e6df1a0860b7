package call

// Headers are looked up by their names in lower case.
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
	// Metadata is what the proxy has found out about the request, by namespace.
	Metadata map[string]map[string]any
}

// HeaderMap is headers by their names in lower case.
type HeaderMap map[string][]string

// Get implements Headers.
func (m HeaderMap) Get(name string) (value string, n int) {
	values := m[name]
	if len(values) == 0 {
		return "", 0
	}
	return values[0], len(values)
}

// All implements Headers.
func (m HeaderMap) All(name string) []string { return m[name] }
