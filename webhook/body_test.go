package webhook

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// TestNothingOfABodyStays: the next request gets the room of this one.
func TestNothingOfABodyStays(t *testing.T) {
	const review = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE",
		"resource":{"group":"","version":"v1","resource":"secrets"},"object":{"kind":"Secret","apiVersion":"v1","data":{"a":"cGxhbnRlZA=="}}}}`
	for _, tc := range []struct {
		name string
		body io.Reader
		ok   bool
	}{
		{"a review", strings.NewReader(review), true},
		{"byte by byte", iotest.OneByteReader(strings.NewReader(review)), true},
		{"with its end", iotest.DataErrReader(strings.NewReader(review)), true},
		{"cut short", strings.NewReader(review[:len(review)-3]), false},
		{"one that fails", io.MultiReader(strings.NewReader(review), iotest.ErrReader(errors.New("gone"))), false},
		{"one that is no review", strings.NewReader(strings.Replace(review, "v1", "v2", 1)), false},
		{"one that is longer than it says", strings.NewReader(review + "  "), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			length := int64(len(review))
			room, err := newBudget(DefaultReviewMemory).take(t.Context(), length)
			if err != nil {
				t.Fatal(err)
			}
			given := &notes{Reader: tc.body}
			req, err := readReview(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, WorkloadPath, given), length, room)
			if (err == nil) != tc.ok {
				t.Fatalf("reading it: %v", err)
			}
			if req != nil {
				if !bytes.Contains(req.body.text, []byte("AdmissionReview")) {
					t.Error("the body is not there while it is used")
				}
				req.body.forget()
			}
			if len(given.rooms) == 0 {
				t.Fatal("nothing was read")
			}
			for _, r := range given.rooms {
				if left := bytes.Trim(r, "\x00"); len(left) > 0 {
					t.Fatalf("there is still %q", left)
				}
			}
		})
	}
}

// notes is a reader that notes where it reads to.
type notes struct {
	io.Reader
	rooms [][]byte
}

func (n *notes) Read(p []byte) (int, error) {
	n.rooms = append(n.rooms, p)
	return n.Reader.Read(p)
}
