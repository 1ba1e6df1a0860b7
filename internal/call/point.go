package call

import (
	"errors"

	"github.com/domicile-dev/domicile/internal/residency"
)

// Format is the form of what a client is told.
type Format uint8

// The forms.
const (
	Plain Format = iota
	OpenAI
	Anthropic
)

// Point says how requests are read that come in at one access point. It is immutable.
type Point struct {
	Name string
	// Invalid is why the access point could not be compiled: nothing that comes in at
	// it can be known.
	Invalid string
	Ways    []Way
	// OnBehalfOf is where requests name the customer for whom they are made; nil for
	// nowhere.
	OnBehalfOf *OnBehalfOf
	// MustSay selects the tenants, by label, whose requests must; nil for none.
	MustSay func(labels map[string]string) bool
	// Model is where the model is; nil for nowhere.
	Model  *Model
	Format Format
}

// Way is one way in which requests say whose they are. Exactly one of the
// pointers, or Key, is set.
type Way struct {
	// Key says that it is an API key.
	Key bool
	// Header is the header that has the key or token, in lower case; Bearer says that
	// it is the bearer token of Authorization.
	Header string
	Bearer bool

	Token   *Token
	SAN     *string // what a name in the certificate begins with
	Proxied *Proxied
	// Scheme is that of the identifiers; "" if the value is the name of a Tenant.
	Scheme string
}

// Token says which JSON Web Tokens are believed.
type Token struct {
	Issuer, Claim      string
	Audiences          []string
	JWKSURL, ConfigMap string
	// Namespace and Key say where the claims are of a token that the proxy verifies.
	Namespace, Key string
}

// Proxied is a header that only some proxies are believed.
type Proxied struct {
	Header  string // in lower case
	Proxies []string
}

// OnBehalfOf says where the customer is named: in a header, in lower case, or in a
// claim of the token.
type OnBehalfOf struct{ Header, Claim, Scheme string }

// Claims are those of a token that was verified.
type Claims = map[string]any

var (
	// ErrUnverified says that a token is not one that is believed.
	ErrUnverified = errors.New("the token is not valid")
	// ErrCannotKnow says that it cannot be found out now.
	ErrCannotKnow = errors.New("it cannot be known now")
)

// Directory knows who somebody is.
type Directory interface {
	// Key is who holds an API key; 0 is nobody.
	Key(presented string) Holder
	// Verify is an ErrUnverified for a token that is not believed.
	Verify(t *Token, presented string) (Claims, error)
}

// Holder is who holds an API key; only the directory knows what it means.
type Holder uint64

// Holding is what the holder of a key says.
type Holding struct {
	// Namespace is that of the key's Secret.
	Namespace *residency.Namespace
	// Claims are those of the Secret's annotations.
	Claims residency.Claims
}
