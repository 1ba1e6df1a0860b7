package contact

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
	clocktesting "k8s.io/utils/clock/testing"
)

// withoutWatchList is an API server of Kubernetes 1.33, which lists in pages of one.
type withoutWatchList struct {
	watched chan string // revisions from which it is watched
	lost    bool        // the second page is gone
}

func (s *withoutWatchList) list(_ context.Context, o metav1.ListOptions) (runtime.Object, error) {
	list := &metav1.PartialObjectMetadataList{}
	switch o.Continue {
	case "":
		list.ResourceVersion, list.Continue = "7", "more"
		list.Items = []metav1.PartialObjectMetadata{*namespace("a", "3")}
	case "more":
		if s.lost {
			return nil, apierrors.NewResourceExpired("the provided continue parameter is too old")
		}
		list.ResourceVersion = "7"
		list.Items = []metav1.PartialObjectMetadata{*namespace("b", "2")}
	default:
		return nil, errors.New("nobody has told that token")
	}
	return list, nil
}

func (s *withoutWatchList) watch(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	if o.SendInitialEvents != nil {
		return nil, apierrors.NewInvalid(schema.GroupKind{Group: "meta.k8s.io", Kind: "ListOptions"}, "", field.ErrorList{
			field.Forbidden(field.NewPath("sendInitialEvents"), "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"),
		})
	}
	select {
	case s.watched <- o.ResourceVersion:
	case <-ctx.Done():
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestAnOlderAPIServerIsListed also loses a list in the middle: nothing is complete then.
func TestAnOlderAPIServerIsListed(t *testing.T) {
	s := &withoutWatchList{watched: make(chan string)}
	server := &toolscache.ListWatch{ListWithContextFunc: s.list, WatchFuncWithContext: s.watch}
	d, cl := make(diary, 100), clocktesting.NewFakeClock(time.Now())
	f := New(10*time.Second, nil, cl, logr.Discard()).Follow("Secret", server, d)
	told := func(want ...string) {
		t.Helper()
		var got []string
		for range want {
			got = append(got, <-d)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	s.lost = true
	if err := f.follow(t.Context()); !expired(err) {
		t.Errorf("a list that is lost: %v", err)
	}
	told("begin", "ADDED a")
	s.lost = false
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.follow(ctx) }()
	told("begin", "ADDED a", "ADDED b", "complete")
	if from := <-s.watched; from != "7" {
		t.Errorf("it goes on from revision %s, want that of the list", from)
	}
	cancel()
	<-ended
}
