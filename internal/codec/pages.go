package codec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"

	"github.com/domicile-dev/domicile/internal/eventwatch"
)

const (
	// pageSize is how many objects one request lists. It takes a second or so, of the
	// sixty that the API server gives to a request.
	pageSize = 5000
	// ahead is how many objects wait, as they were sent, to be decoded.
	ahead = 256
)

// lists reads all objects of a kind from lists.
type lists struct {
	client   rest.Interface
	resource string
	decoder  runtime.Decoder
	empty    func() Object
}

// watch tells of everything there is as a watch with SendInitialEvents does: each object
// was added, then a bookmark says which revision that was. It ends there; whoever wants
// to know what comes after watches from that revision. What it tells is consistent: it is
// not older than the call.
func (l *lists) watch(ctx context.Context) (watch.Interface, error) {
	ctx, cancel := context.WithCancel(ctx)
	first, err := l.open(ctx, "")
	if err != nil {
		cancel()
		return nil, err
	}
	return eventwatch.New(ctx, func(ctx context.Context, send eventwatch.Send) error {
		context.AfterFunc(ctx, cancel) // the first page is still being received
		return l.tell(ctx, first, send)
	}), nil
}

// open asks for a page; the first one has no token.
func (l *lists) open(ctx context.Context, token string) (io.ReadCloser, error) {
	r := l.client.Get().Resource(l.resource).Param("limit", strconv.Itoa(pageSize))
	if token != "" {
		r = r.Param("continue", token)
	}
	page, err := r.Stream(ctx)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.resource, err)
	}
	return page, nil
}

// tell decodes what another goroutine receives.
func (l *lists) tell(ctx context.Context, first io.ReadCloser, send eventwatch.Send) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	received := make(chan []byte, ahead)
	var end metav1.ListMeta
	var failure error
	go func() {
		defer close(received)
		end, failure = l.receive(ctx, first, received)
	}()
	for data := range received {
		object, _, err := l.decoder.Decode(data, nil, nil)
		if err != nil {
			return fmt.Errorf("read one of %s: %w", l.resource, err)
		}
		if err := send(ctx, watch.Event{Type: watch.Added, Object: object}); err != nil {
			return err
		}
	}
	if failure != nil {
		return failure
	}
	return send(ctx, watch.Event{Type: watch.Bookmark, Object: l.bookmark(end.ResourceVersion)})
}

// bookmark says that everything has been told.
func (l *lists) bookmark(revision string) runtime.Object {
	o := l.empty()
	o.SetResourceVersion(revision)
	o.SetAnnotations(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
	return o
}

// receive reads page after page and hands on each object as it was sent.
func (l *lists) receive(ctx context.Context, page io.ReadCloser, to chan<- []byte) (metav1.ListMeta, error) {
	for {
		end, err := readPage(ctx, page, to)
		_ = page.Close() // it has been read
		if err != nil {
			return end, fmt.Errorf("list %s: %w", l.resource, err)
		}
		if end.Continue == "" {
			return end, nil
		}
		if page, err = l.open(ctx, end.Continue); err != nil {
			return end, err
		}
	}
}

// readPage hands on the items of one list, and returns the list's metadata.
func readPage(ctx context.Context, page io.Reader, to chan<- []byte) (end metav1.ListMeta, err error) {
	d := jsontext.NewDecoder(page, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err = eachMember(d, '{', func(name string) error {
		switch name {
		case "metadata":
			return json.UnmarshalDecode(d, &end)
		case "items":
			if d.PeekKind() == 'n' {
				return d.SkipValue()
			}
			return eachMember(d, '[', func(string) error {
				item, err := d.ReadValue()
				if err != nil {
					return err
				}
				select {
				case <-ctx.Done():
					return ctx.Err()
				case to <- bytes.Clone(item):
					return nil
				}
			})
		default:
			return d.SkipValue()
		}
	})
	if err == nil && end.ResourceVersion == "" {
		err = errNoList
	}
	return end, err
}

// errNoList says that an answer is JSON, but no list.
var errNoList = errors.New("the answer has no metadata.resourceVersion")

// eachMember reads an object or an array: read reads the value of each member.
func eachMember(d *jsontext.Decoder, begin jsontext.Kind, read func(name string) error) error {
	token, err := d.ReadToken()
	if err != nil {
		return err //nolint:wrapcheck // the decoder says where
	}
	if token.Kind() != begin {
		return fmt.Errorf("%q is not expected here", token)
	}
	for d.PeekKind() != '}' && d.PeekKind() != ']' {
		name := ""
		if begin == '{' {
			if token, err = d.ReadToken(); err != nil {
				return err //nolint:wrapcheck // as above
			}
			name = token.String()
		}
		if err := read(name); err != nil {
			return err
		}
	}
	_, err = d.ReadToken()
	return err //nolint:wrapcheck // as above
}
