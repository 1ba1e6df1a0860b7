// Command opa answers Envoy's ext_authz with Open Policy Agent, which has the same keys and
// tenants as data that bench-gateway gives to Domicile. As OPA's own plugin for Envoy does,
// this makes a check JSON, with the body apart, and evaluates a query that was prepared. The
// plugin itself is measured with bench-gateway's flag -opa, by whoever has a build of it.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the policy
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
)

//go:embed policy.rego
var policy string

// restrictedEvery is how many tenants there are for each that is restricted, as in the
// command beside this one.
const restrictedEvery = 100

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

func run(ctx context.Context) error {
	address := flag.String("address", "", "where to serve")
	keys := flag.Int("keys", 0, "how many keys there are")
	tenants := flag.Int("tenants", 0, "how many tenants have them")
	flag.Parse()
	query, err := rego.New(
		rego.Query("data.envoy.authz.allow"), rego.Module("policy.rego", policy),
		rego.Store(inmem.NewFromObjectWithOpts(list(*keys, *tenants), inmem.OptRoundTripOnWrite(false))),
	).PrepareForEval(ctx)
	if err != nil {
		return fmt.Errorf("prepare the policy: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s := grpc.NewServer()
	authv3.RegisterAuthorizationServer(s, &server{query: query})
	defer context.AfterFunc(ctx, s.Stop)()
	return s.Serve(listener)
}

// list is the data: tenants by the digests of their keys, and those that are restricted.
func list(keys, tenants int) map[string]any {
	byDigest, restricted := make(map[string]any, keys), map[string]any{}
	for i := range keys {
		digest := sha256.Sum256([]byte("sk-" + strconv.Itoa(i)))
		byDigest[hex.EncodeToString(digest[:])] = "tenant-" + strconv.Itoa(i%tenants)
	}
	for i := 1; i < tenants; i += restrictedEvery {
		restricted["tenant-"+strconv.Itoa(i)] = true
	}
	return map[string]any{"keys": byDigest, "restricted": restricted}
}

type server struct {
	authv3.UnimplementedAuthorizationServer
	query rego.PreparedEvalQuery
}

// Check implements authv3.AuthorizationServer.
func (s *server) Check(ctx context.Context, in *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	input, err := inputOf(in)
	if err != nil {
		return nil, err
	}
	results, err := s.query.Eval(ctx, rego.EvalParsedInput(input))
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	if results.Allowed() {
		return &authv3.CheckResponse{Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: &authv3.OkHttpResponse{}}}, nil
	}
	return &authv3.CheckResponse{Status: &status.Status{Code: int32(codes.PermissionDenied)}}, nil
}

// inputOf is what policies see of a check.
func inputOf(in *authv3.CheckRequest) (ast.Value, error) {
	text, err := protojson.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode a check: %w", err)
	}
	input, err := decode(text)
	if err != nil {
		return nil, err
	}
	if body := in.GetAttributes().GetRequest().GetHttp().GetRawBody(); len(body) > 0 {
		if input["parsed_body"], err = decode(body); err != nil {
			return nil, err
		}
	}
	return ast.InterfaceToValue(input)
}

func decode(text []byte) (object map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return object, nil
}
