package translate

import (
	"net/url"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
)

// CompiledAccessPoint is an AccessPoint as requests are read by it.
type CompiledAccessPoint struct {
	Origin
	Point *call.Point
}

// defaultMaxBody is up to how many bytes of a body are read.
const defaultMaxBody = 64 << 10

// AccessPoint compiles an AccessPoint. With errors it is still returned, with Invalid
// set: nothing that comes in there can be known.
func AccessPoint(a *v1alpha1.AccessPoint) *CompiledAccessPoint {
	c := pointCompiler{point: &call.Point{Name: a.Name}}
	spec, path := a.Spec, field.NewPath("spec")
	if n := len(spec.Identify); n == 0 || n > 16 {
		c.refuse(field.Required(path.Child("identify"), "1 to 16 places at which requests say whose they are"))
	}
	for i := range spec.Identify {
		c.identify(&spec.Identify[i], path.Child("identify").Index(i))
	}
	c.onBehalfOf(spec.OnBehalfOf, path.Child("onBehalfOf"))
	selector, errs := compileSelector(spec.RequireEndUser, path.Child("requireEndUser"))
	c.refuse(errs...)
	if selector != nil {
		c.point.MustSay = func(l map[string]string) bool { return selector.Matches(labels.Set(l)) }
		if spec.OnBehalfOf == nil {
			c.refuse(field.Required(path.Child("onBehalfOf"), "requireEndUser needs to know where requests name the customer"))
		}
	}
	c.model(spec.Model, path.Child("model"))
	or(&spec.Response, v1alpha1.ResponsePlain)
	format, err := formats.find(spec.Response, path.Child("response"))
	c.refuse(err)
	c.point.Format = format
	if len(c.errs) > 0 {
		c.point.Invalid = cut.Text(c.errs.ToAggregate().Error(), maxInvalid)
	}
	return &CompiledAccessPoint{
		Origin: originOf("AccessPoint", &a.ObjectMeta, a.Spec, AccessPointReport(&a.Status), c.errs), Point: c.point,
	}
}

var formats = names[v1alpha1.ResponseFormat, call.Format]{
	v1alpha1.ResponsePlain: call.Plain, v1alpha1.ResponseOpenAI: call.OpenAI, v1alpha1.ResponseAnthropic: call.Anthropic,
}

type pointCompiler struct {
	point *call.Point
	errs  field.ErrorList
}

func (c *pointCompiler) refuse(errs ...*field.Error) {
	for _, err := range errs {
		if err != nil {
			c.errs = append(c.errs, err)
		}
	}
}

var headerPattern = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_]{0,127}$`)

// header is the name of a header as requests are asked for it.
func (c *pointCompiler) header(name v1alpha1.HeaderName, path *field.Path) string {
	if !headerPattern.MatchString(string(name)) {
		c.refuse(field.Invalid(path, name, "must be the name of a header: letters, digits, '-' and '_'"))
	}
	return strings.ToLower(string(name))
}

// bearer is the header of a credential; without one it is a bearer token.
func (c *pointCompiler) bearer(w *call.Way, name v1alpha1.HeaderName, path *field.Path) {
	if name == "" || strings.EqualFold(string(name), "authorization") {
		w.Header, w.Bearer = "authorization", true
		return
	}
	w.Header = c.header(name, path)
}

func (c *pointCompiler) scheme(s v1alpha1.IdentifierScheme, path *field.Path) string {
	if s != "" && !ownership.IsScheme(string(s)) {
		c.refuse(field.Invalid(path, s, "must be 1 to 64 letters, digits, dots, underscores and hyphens"))
	}
	return string(s)
}

func (c *pointCompiler) identify(id *v1alpha1.Identification, path *field.Path) {
	w := call.Way{Scheme: c.scheme(id.IdentifierScheme, path.Child("identifierScheme"))}
	set := 0
	if id.APIKey != nil {
		set++
		w.Key = true
		c.bearer(&w, id.APIKey.Header, path.Child("apiKey", "header"))
		if id.IdentifierScheme != "" {
			c.refuse(field.Invalid(path.Child("identifierScheme"), id.IdentifierScheme, "is not for apiKey: the Secret of a key says whose it is"))
		}
	}
	if id.JWTClaim != nil {
		set++
		c.token(&w, id.JWTClaim, path.Child("jwtClaim"))
	}
	if id.TLSSAN != nil {
		set++
		w.SAN = &id.TLSSAN.Prefix
		if id.TLSSAN.Prefix == "" {
			c.refuse(field.Required(path.Child("tlsSAN", "prefix"), "what a name begins with that says who it is"))
		}
	}
	if id.Header != nil {
		set++
		w.Proxied = &call.Proxied{Header: c.header(id.Header.Name, path.Child("header", "name")), Proxies: id.Header.Proxies}
		if len(id.Header.Proxies) == 0 {
			c.refuse(field.Required(path.Child("header", "proxies"), "without them nobody could be believed"))
		}
	}
	if set != 1 {
		c.refuse(field.Invalid(path, "", "exactly one of apiKey, jwtClaim, tlsSAN and header must be set"))
		return
	}
	c.point.Ways = append(c.point.Ways, w)
}

func (c *pointCompiler) token(w *call.Way, j *v1alpha1.JWTClaimSource, path *field.Path) {
	t := &call.Token{Issuer: j.Issuer, Claim: j.Claim, Audiences: j.Audiences, JWKSURL: j.JWKSURL, ConfigMap: string(j.JWKSConfigMap)}
	w.Token = t
	if t.Issuer == "" || t.Claim == "" {
		c.refuse(field.Required(path, "issuer and claim must be set"))
	}
	set := 0
	if t.JWKSURL != "" {
		set++
		if u, err := url.Parse(t.JWKSURL); err != nil || u.Scheme != "https" || u.Host == "" {
			c.refuse(field.Invalid(path.Child("jwksURL"), t.JWKSURL, "must be a URL that begins with https://"))
		}
	}
	if t.ConfigMap != "" {
		set++
		for _, problem := range validation.IsDNS1123Subdomain(t.ConfigMap) {
			c.refuse(field.Invalid(path.Child("jwksConfigMap"), t.ConfigMap, problem))
		}
	}
	if j.Metadata != nil {
		set++
		t.Namespace, t.Key = j.Metadata.Namespace, j.Metadata.Key
		if t.Namespace == "" || t.Key == "" {
			c.refuse(field.Required(path.Child("metadata"), "namespace and key must be set"))
		}
		if j.Header != "" {
			c.refuse(field.Invalid(path.Child("header"), j.Header, "with metadata the gateway reads no token"))
		}
	} else {
		c.bearer(w, j.Header, path.Child("header"))
		if len(t.Audiences) == 0 {
			c.refuse(field.Required(path.Child("audiences"), "a token that was made for somebody else must not be taken for one for this access point"))
		}
	}
	if set != 1 {
		c.refuse(field.Invalid(path, "", "exactly one of jwksURL, jwksConfigMap and metadata must be set"))
	}
}

func (c *pointCompiler) onBehalfOf(b *v1alpha1.OnBehalfOfSource, path *field.Path) {
	if b == nil {
		return
	}
	out := &call.OnBehalfOf{Claim: b.Claim, Scheme: c.scheme(b.IdentifierScheme, path.Child("identifierScheme"))}
	if (b.Header == "") == (b.Claim == "") {
		c.refuse(field.Invalid(path, "", "exactly one of header and claim must be set"))
	}
	if b.Header != "" {
		out.Header = c.header(b.Header, path.Child("header"))
	}
	if b.Claim != "" && !c.hasToken() {
		c.refuse(field.Invalid(path.Child("claim"), b.Claim, "needs a jwtClaim in spec.identify"))
	}
	c.point.OnBehalfOf = out
}

func (c *pointCompiler) hasToken() bool {
	for _, w := range c.point.Ways {
		if w.Token != nil {
			return true
		}
	}
	return false
}
