package webhook

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/internal/translate"
)

// errNotAReview is a body that is JSON, but no AdmissionReview.
var errNotAReview = errors.New("the body is not an AdmissionReview of admission.k8s.io/v1 with a request")

// decodeReview reads a body exactly as the API server would: keys are case
// sensitive. A key that stands twice is refused, because two readers could
// take different ones; the API server never sends such a body. Errors never
// quote the body. The request refers to it: it must stay as it is.
//
// The values of a Secret are overwritten in the body before anything is made of them.
func decodeReview(body []byte) (*request, error) {
	r, err := readAll(body)
	if err != nil {
		return nil, errorOf(err)
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.isSecret() {
		r.redact()
		return r, nil
	}
	if err := errors.Join(r.object.sifted.Complete(), r.oldObject.sifted.Complete()); err != nil {
		return nil, errorOf(err)
	}
	return r, nil
}

// errorOf is what is told of a body that cannot be read.
func errorOf(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return errors.New("the body has a key that stands twice in one object")
	case errors.As(err, &syntax):
		return fmt.Errorf("the body is not JSON: syntax error at byte %d", syntax.ByteOffset)
	case errors.Is(err, io.EOF):
		return errors.New("the body is not JSON: it is empty")
	default:
		return errNotAReview
	}
}

// reader reads a review in one pass.
type reader struct {
	*jsontext.Decoder
	body             []byte
	apiVersion, kind string
	request          *request
}

func readAll(body []byte) (*request, error) {
	d := translate.Decoder(body)
	defer translate.PutBack(d)
	r := &reader{Decoder: d, body: body}
	if err := r.members(r.review); err != nil {
		return nil, err
	}
	if _, err := r.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, errNotAReview)
	}
	if r.apiVersion != admissionv1.SchemeGroupVersion.String() || r.kind != "AdmissionReview" || r.request == nil {
		return nil, errNotAReview
	}
	return r.request, nil
}

// members calls a function for each member of an object, whose value it has to read. The
// name is good until then.
func (r *reader) members(read func(name []byte) error) error {
	if r.PeekKind() != '{' {
		return errors.Join(r.SkipValue(), errNotAReview)
	}
	if _, err := r.ReadToken(); err != nil {
		return err //nolint:wrapcheck // errorOf says what is told of it
	}
	for r.PeekKind() != '}' {
		raw, err := r.ReadValue()
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		if err := read(translate.Unquoted(raw)); err != nil {
			return err
		}
	}
	_, err := r.ReadToken()
	return err //nolint:wrapcheck // as above
}

// review reads a member of the review.
func (r *reader) review(name []byte) error {
	switch string(name) {
	case "apiVersion":
		return r.string(&r.apiVersion)
	case "kind":
		return r.string(&r.kind)
	case "request":
		if r.PeekKind() != '{' {
			return r.null()
		}
		r.request = &request{}
		return r.members(r.member)
	default:
		return r.SkipValue() //nolint:wrapcheck // as above
	}
}

// null reads what must be null where it is no object.
func (r *reader) null() error {
	token, err := r.ReadToken()
	if err == nil && token.Kind() != 'n' {
		return errNotAReview
	}
	return err //nolint:wrapcheck // as above
}

// member reads a member of the request.
func (r *reader) member(name []byte) error {
	switch string(name) {
	case "object":
		return r.object(&r.request.object, &r.request.oldObject)
	case "oldObject":
		return r.object(&r.request.oldObject, &r.request.object)
	}
	switch to := r.request.field(name).(type) {
	case nil:
		return r.SkipValue() //nolint:wrapcheck // as above
	case *string:
		return r.string(to)
	case *metav1.GroupVersionKind:
		return r.kindOf(to)
	case **metav1.GroupVersionKind:
		return pointer(r, to, r.kindOf)
	case *metav1.GroupVersionResource:
		return r.resourceOf(to)
	case **metav1.GroupVersionResource:
		return pointer(r, to, r.resourceOf)
	case *authenticationv1.UserInfo:
		return r.userOf(to)
	default:
		return json.UnmarshalDecode(r.Decoder, to) //nolint:wrapcheck // as above
	}
}

func (r *reader) kindOf(to *metav1.GroupVersionKind) error {
	return r.texts(func(name []byte) *string {
		switch string(name) {
		case "group":
			return &to.Group
		case "version":
			return &to.Version
		case "kind":
			return &to.Kind
		default:
			return nil
		}
	})
}

func (r *reader) resourceOf(to *metav1.GroupVersionResource) error {
	return r.texts(func(name []byte) *string {
		switch string(name) {
		case "group":
			return &to.Group
		case "version":
			return &to.Version
		case "resource":
			return &to.Resource
		default:
			return nil
		}
	})
}

func (r *reader) userOf(to *authenticationv1.UserInfo) error {
	if r.PeekKind() == 'n' {
		return r.null()
	}
	return r.members(func(name []byte) error {
		switch string(name) {
		case "username":
			return r.string(&to.Username)
		case "uid":
			return r.string(&to.UID)
		case "groups":
			return r.strings(&to.Groups)
		case "extra":
			return r.extra(to)
		default:
			return r.SkipValue() //nolint:wrapcheck // as above
		}
	})
}

// extra reads what an authenticator says of a user besides.
func (r *reader) extra(to *authenticationv1.UserInfo) error {
	if r.PeekKind() == 'n' {
		return r.null()
	}
	to.Extra = map[string]authenticationv1.ExtraValue{}
	return r.members(func(name []byte) error {
		key, values := string(name), []string(nil)
		err := r.strings(&values)
		to.Extra[key] = values
		return err
	})
}

// strings reads a list of texts. Null is none.
func (r *reader) strings(to *[]string) error {
	switch r.PeekKind() {
	case 'n':
		return r.null()
	case '[':
	default:
		return errors.Join(r.SkipValue(), errNotAReview)
	}
	_, err := r.ReadToken()
	for *to = []string{}; err == nil && r.PeekKind() != ']'; {
		text := ""
		err = r.string(&text)
		*to = append(*to, text)
	}
	if err == nil {
		_, err = r.ReadToken()
	}
	return err //nolint:wrapcheck // as above
}

// pointer reads what may be null.
func pointer[T any](r *reader, to **T, read func(*T) error) error {
	if r.PeekKind() == 'n' {
		return r.null()
	}
	*to = new(T)
	return read(*to)
}

// texts reads an object in which no more is looked at than texts; null has none.
func (r *reader) texts(to func(name []byte) *string) error {
	if r.PeekKind() == 'n' {
		return r.null()
	}
	return r.members(func(name []byte) error {
		if text := to(name); text != nil {
			return r.string(text)
		}
		return r.SkipValue() //nolint:wrapcheck // as above
	})
}

// string reads a text. Null is none.
func (r *reader) string(to *string) error {
	token, err := r.ReadToken()
	switch {
	case err != nil:
		return err //nolint:wrapcheck // as above
	case token.Kind() == '"':
		*to = token.String()
		return nil
	case token.Kind() == 'n':
		return nil
	default:
		return errNotAReview
	}
}

// object reads one of the objects, which has much in common with the other.
func (r *reader) object(o, other *object) (err error) {
	if r.PeekKind() != '{' {
		return r.null()
	}
	o.sifted, err = translate.Sift(r.Decoder, r.body, other.sifted)
	return err //nolint:wrapcheck // as above
}
