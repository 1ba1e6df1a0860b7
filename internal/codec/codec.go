// Package codec reads what the API server sends about kinds of which there may be
// hundreds of thousands, in a fraction of the time that client-go's own codec takes.
// What it cannot read it leaves to that one.
package codec

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
)

// New makes a codec that reads one kind fast: empty returns an empty object of it.
// metadata.managedFields is left out.
func New(scheme *runtime.Scheme, kind schema.GroupVersionKind, empty func() Object) runtime.NegotiatedSerializer {
	return newCodec(scheme, kind, empty)
}

// Object is what has a kind and metadata.
type Object interface {
	runtime.Object
	metav1.Object
}

func newCodec(scheme *runtime.Scheme, kind schema.GroupVersionKind, empty func() Object) *codec {
	return &codec{NegotiatedSerializer: serializer.NewCodecFactory(scheme).WithoutConversion(), kind: kind, empty: empty}
}

type codec struct {
	runtime.NegotiatedSerializer
	kind  schema.GroupVersionKind
	empty func() Object
}

// decoder reads objects of a version.
func (c *codec) decoder(gv schema.GroupVersion) runtime.Decoder {
	return c.DecoderToVersion(c.SupportedMediaTypes()[0].Serializer, gv)
}

// SupportedMediaTypes implements runtime.NegotiatedSerializer.
func (c *codec) SupportedMediaTypes() []runtime.SerializerInfo {
	for _, info := range c.NegotiatedSerializer.SupportedMediaTypes() {
		if info.MediaType != runtime.ContentTypeJSON {
			continue
		}
		info.Serializer = &decoder{Serializer: info.Serializer, codec: c}
		stream := *info.StreamSerializer
		stream.Framer = framer{stream.Framer}
		stream.Serializer = &eventDecoder{stream.Serializer}
		info.StreamSerializer = &stream
		return []runtime.SerializerInfo{info}
	}
	return nil // not reached: client-go always has JSON
}

// DecoderToVersion implements runtime.NegotiatedSerializer.
func (c *codec) DecoderToVersion(d runtime.Decoder, gv runtime.GroupVersioner) runtime.Decoder {
	if own, ok := d.(*decoder); ok {
		return &decoder{Serializer: own.Serializer, codec: c, other: c.NegotiatedSerializer.DecoderToVersion(own.Serializer, gv)}
	}
	return c.NegotiatedSerializer.DecoderToVersion(d, gv)
}

// decoder reads objects.
type decoder struct {
	runtime.Serializer
	codec *codec
	other runtime.Decoder // for what is not of the kind
}

// options skip what nobody reads, and read times without another pass.
var options = json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(func(d *jsontext.Decoder, _ *[]metav1.ManagedFieldsEntry) error { return d.SkipValue() }),
	json.UnmarshalFromFunc(readTime),
))

// readTime reads what metav1.Time writes.
func readTime(d *jsontext.Decoder, t *metav1.Time) error {
	token, err := d.ReadToken()
	if err != nil {
		return err //nolint:wrapcheck // the decoder says where
	}
	switch token.Kind() {
	case 'n':
		*t = metav1.Time{}
		return nil
	case '"':
		parsed, err := time.Parse(time.RFC3339, token.String())
		*t = metav1.NewTime(parsed.Local())
		return err //nolint:wrapcheck // as above
	default:
		return fmt.Errorf("%s is no time", token)
	}
}

// Decode implements runtime.Decoder.
func (d *decoder) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	if into == nil {
		o := d.codec.empty()
		if json.Unmarshal(data, o, options) == nil && o.GetObjectKind().GroupVersionKind() == d.codec.kind {
			o.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{}) // as client-go does
			return o, &d.codec.kind, nil
		}
	}
	if d.other == nil {
		return d.Serializer.Decode(data, defaults, into) //nolint:wrapcheck // as if it were called itself
	}
	return d.other.Decode(data, defaults, into) //nolint:wrapcheck // as above
}

// eventDecoder reads the events of a watch.
type eventDecoder struct{ runtime.Serializer }

// Decode implements runtime.Decoder.
func (d *eventDecoder) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	event, ok := into.(*metav1.WatchEvent)
	if !ok {
		return d.Serializer.Decode(data, defaults, into) //nolint:wrapcheck // as if it were called itself
	}
	if kind, object, ok := plain(data); ok {
		event.Type, event.Object.Raw = kind, object
		return event, nil, nil
	}
	return d.Serializer.Decode(data, defaults, into) //nolint:wrapcheck // as above
}

// plain divides an event as the API server writes it; false if it is otherwise. The
// object may be no JSON: then the event is none, and whoever reads the object finds out.
func plain(data []byte) (kind string, object []byte, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte(begin))
	if !ok {
		return "", nil, false
	}
	word, rest, ok := bytes.Cut(rest, []byte(`","object":`))
	if !ok || len(word) > len(watch.Bookmark) {
		return "", nil, false
	}
	object, ok = bytes.CutSuffix(rest, []byte("}"))
	return string(word), object, ok && isObject(object)
}

// isObject says whether JSON is one object: its first brace is closed by its last.
func isObject(json []byte) bool {
	depth := 0
	for i := 0; i < len(json); i++ {
		switch json[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i == len(json)-1
			}
		case '"':
			for i++; i < len(json) && json[i] != '"'; i++ {
				if json[i] == '\\' {
					i++
				}
			}
		}
	}
	return false
}

// begin is how each event begins.
const begin = `{"type":"`

// framer divides a stream into JSON values.
type framer struct{ runtime.Framer }

// NewFrameReader implements runtime.Framer.
func (f framer) NewFrameReader(r io.ReadCloser) io.ReadCloser {
	return &frames{Closer: r, lines: bufio.NewReaderSize(r, lineSize), framer: f.Framer}
}

const (
	// lineSize is how much is read at a time: more than most objects have.
	lineSize = 1 << 16
	// maxLine is what client-go takes for one event.
	maxLine = 1 << 24
)

// frames reads events. The API server writes one in each line, and JSON has no line
// feeds within but between its parts; if there are any, client-go's framer takes over.
type frames struct {
	io.Closer
	lines  *bufio.Reader
	rest   []byte // of the line that was read
	framer runtime.Framer
	other  io.ReadCloser
}

// Read returns one event, or io.ErrShortBuffer with a part of it.
func (f *frames) Read(to []byte) (int, error) {
	if f.other != nil {
		return f.other.Read(to) //nolint:wrapcheck // as if it were called itself
	}
	if len(f.rest) == 0 {
		line, err := f.line()
		if err != nil {
			return 0, err
		}
		if f.rest = bytes.TrimSpace(line); !single(f.rest) || !bytes.HasSuffix(line, []byte("\n")) {
			all := io.MultiReader(bytes.NewReader(bytes.Clone(line)), f.lines)
			f.other = f.framer.NewFrameReader(reader{all, f.Closer})
			return f.Read(to)
		}
	}
	n := copy(to, f.rest)
	if f.rest = f.rest[n:]; len(f.rest) > 0 {
		return n, io.ErrShortBuffer
	}
	return n, nil
}

// single says whether a line looks like one event. It may be none; it is not a part of
// one, nor several.
func single(line []byte) bool {
	return bytes.HasPrefix(line, []byte(begin)) && bytes.HasSuffix(line, []byte("}")) && !bytes.Contains(line, []byte("}"+begin))
}

type reader struct {
	io.Reader
	io.Closer
}

// line reads a line that is not empty. It is valid until the next one is read. At the
// end of the stream it returns what there is.
func (f *frames) line() ([]byte, error) {
	for {
		line, err := f.lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line = bytes.Clone(line)
			for errors.Is(err, bufio.ErrBufferFull) && len(line) < maxLine {
				var more []byte
				more, err = f.lines.ReadSlice('\n')
				line = append(line, more...)
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull), len(bytes.TrimSpace(line)) > 0:
			return line, nil // the error comes again
		case err != nil:
			return nil, err //nolint:wrapcheck // io.EOF is no error
		}
	}
}
