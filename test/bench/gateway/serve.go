package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"runtime/debug"
	"strconv"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/gateway"
	"github.com/domicile-dev/domicile/internal/gateway/envoy"
	"github.com/domicile-dev/domicile/internal/gateway/keys"
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
	"github.com/domicile-dev/domicile/internal/translate"
	"github.com/domicile-dev/domicile/test/rig/sample"
)

// restrictedEvery is how many tenants there are for each that is restricted.
const restrictedEvery = 100

// always says yes.
type always struct {
	authv3.UnimplementedAuthorizationServer
}

// Check implements authv3.AuthorizationServer.
func (always) Check(context.Context, *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	return &authv3.CheckResponse{Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: &authv3.OkHttpResponse{}}}, nil
}

// serve serves until the context ends.
func serve(ctx context.Context, o options) error {
	var server authv3.AuthorizationServer = always{}
	if o.serve == "domicile" {
		g, _ := newGateway(o)
		server = envoy.NewServer(g)
		debug.FreeOSMemory() // what was needed to make the world is not what it takes
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s := grpc.NewServer()
	authv3.RegisterAuthorizationServer(s, server)
	stop := context.AfterFunc(ctx, s.Stop)
	defer stop()
	return s.Serve(listener)
}

// newGateway makes a world of tenants that each are one company, and their keys.
func newGateway(o options) (*gateway.Gateway, *snapshot.Holder) {
	in := snapshottest.Inputs{
		Policies: []v1alpha1.TenantPolicy{sample.Policy("no-cn", nil)},
		AccessPoints: []v1alpha1.AccessPoint{{
			ObjectMeta: metav1.ObjectMeta{Name: "public"},
			Spec: v1alpha1.AccessPointSpec{
				Identify: []v1alpha1.Identification{{APIKey: &v1alpha1.APIKeySource{}}, {APIKey: &v1alpha1.APIKeySource{Header: "X-Api-Key"}}},
				Model:    &v1alpha1.ModelSource{JSONPointer: "/model", MaxBodyBytes: maxBody},
				Response: v1alpha1.ResponseOpenAI,
			},
		}},
	}
	for i := range o.tenants {
		name, place := tenant(i), "GB"
		if i%restrictedEvery == 1 {
			place = "CN"
		}
		in.Entities = append(in.Entities, sample.Entity(name, place))
		in.Tenants = append(in.Tenants, sample.Tenant(name, name, "1"))
	}
	holder := &snapshot.Holder{}
	holder.Store(snapshottest.Compile(in).At(time.Now()))
	table := keys.NewTable(nil)
	for i := range o.keys {
		var id [16]byte
		binary.BigEndian.PutUint64(id[:], uint64(i))
		table.Set(id, tenant(i%o.tenants), translate.SecretKeys{Digests: []translate.KeyDigest{translate.DigestKey(key(i))}})
	}
	return gateway.New(gateway.Options{
		Snapshots: holder, Keys: table, Namespaces: namespaces{}, Tokens: noTokens{},
		Fresh: func() error { return nil }, Clock: time.Now,
	}), holder
}

func tenant(i int) string { return "tenant-" + strconv.Itoa(i) }

func key(i int) string { return "sk-" + strconv.Itoa(i) }

// namespaces are those of the keys: each is called as the tenant that it is bound to.
type namespaces struct{}

// Get implements gateway.Namespaces.
func (namespaces) Get(name string) (*residency.Namespace, bool) {
	return translate.NamespaceOf(name, nil, map[string]string{v1alpha1.TenantAnnotation: name}), true
}

// Changes implements gateway.Namespaces.
func (namespaces) Changes() uint64 { return 0 }

// noTokens believes none.
type noTokens struct{}

// Verify implements gateway.Tokens.
func (noTokens) Verify(*call.Token, string) (call.Claims, error) { return nil, call.ErrUnverified }
