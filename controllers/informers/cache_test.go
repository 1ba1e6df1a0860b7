package informers_test

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/controllers/informers"
	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

func TestTheCacheHasWhatWasWatchedFromTheStart(t *testing.T) {
	mapper, err := informers.NewMapper(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := informers.NewCache(t.Context(), informers.Options{
		Namespace: apiserver.Namespace, Secret: apiserver.Secret, Configuration: apiserver.Configuration,
	})(server.Config, cache.Options{Scheme: server.Scheme(), Mapper: mapper})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- c.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if !c.WaitForCacheSync(t.Context()) {
		t.Fatal("the cache does not get in sync")
	}
	informer := func(o client.Object) error {
		_, err := c.GetInformer(t.Context(), o)
		return err
	}
	byKind := func(kind string) error {
		_, err := c.GetInformerForKind(t.Context(), corev1.SchemeGroupVersion.WithKind(kind))
		return err
	}
	index := func(o client.Object) error {
		return c.IndexField(t.Context(), o, "of-the-test", func(client.Object) []string { return nil })
	}
	for name, tc := range map[string]struct {
		reason string
		err    error
		fails  bool
	}{
		"list a watched kind":          {"that is what the cache is for", c.List(t.Context(), &v1alpha1.OwnershipRegisterList{}), false},
		"its informer":                 {"controllers ask for it", informer(&v1alpha1.OwnershipRegister{}), false},
		"informer by kind":             {"as above", byKind("Secret"), false},
		"index a watched kind":         {"as above", index(&v1alpha1.Tenant{}), false},
		"list another kind":            {"it would be a race with whoever watches it", c.List(t.Context(), &corev1.PodList{}), true},
		"informer of another kind":     {"it would come too late for some readers", informer(&corev1.Pod{}), true},
		"another kind by its name":     {"as above", byKind("Pod"), true},
		"index another kind":           {"it makes an informer, too", index(&corev1.Pod{}), true},
		"whole Namespaces":             {"only their metadata is in the cache", informer(&corev1.Namespace{}), true},
		"metadata of Namespaces":       {"admission looks it up", informer(informers.NamespaceMetadata()), false},
		"take an informer from others": {"they would read nothing", c.RemoveInformer(t.Context(), &v1alpha1.Tenant{}), true},
	} {
		if (tc.err != nil) != tc.fails {
			t.Errorf("%s: %v (%s)", name, tc.err, tc.reason)
		}
	}
}
