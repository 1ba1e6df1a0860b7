package translate

import (
	"bytes"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// AsTheAPIServer are the options of a decoder that Sift reads from: like the API server
// it takes invalid UTF-8 for U+FFFD. A name that stands twice in an object is an error.
var AsTheAPIServer jsontext.Options = jsontext.AllowInvalidUTF8(true)

// asBefore are the options for a text that has been read once, without an error.
var asBefore = json.JoinOptions(AsTheAPIServer, jsontext.AllowDuplicateNames(true))

// decoders are used again. What they keep are at most names of fields.
var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

// Decoder is a decoder of a text that reads AsTheAPIServer. It is to be put back.
func Decoder(text []byte) *jsontext.Decoder { return decoderOf(text, AsTheAPIServer) }

// DecodeAgain is a decoder of a text in which a decoder has found nothing wrong. It is to be
// put back.
func DecodeAgain(text []byte) *jsontext.Decoder { return decoderOf(text, asBefore) }

func decoderOf(text []byte, options jsontext.Options) *jsontext.Decoder {
	d, _ := decoders.Get().(*jsontext.Decoder)
	d.Reset(bytes.NewBuffer(text), options)
	return d
}

// PutBack ends the use of a decoder.
func PutBack(d *jsontext.Decoder) {
	d.Reset(bytes.NewBuffer(nil)) // It does not keep the text.
	decoders.Put(d)
}
