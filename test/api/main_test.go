package api

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	domicilev1alpha1 "github.com/domicile-dev/domicile/api/v1alpha1"
)

var update = flag.Bool("update", false, "write the errors of testdata anew")

// The API server of this package's tests.
var (
	config *rest.Config
	server client.Client
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := run(m); err != nil {
		panic(err) // The result of the tests is m's to tell.
	}
}

func run(m *testing.M) (err error) {
	assets, err := binaryAssets()
	if err != nil {
		return err
	}
	environment := &envtest.Environment{
		BinaryAssetsDirectory: assets,
		CRDDirectoryPaths:     []string{filepath.Join(root, "config", "crd")},
		ErrorIfCRDPathMissing: true,
	}
	// Also after a failure: the API server may run although a CRD was refused.
	defer func() { err = errors.Join(err, environment.Stop()) }()
	config, err = environment.Start()
	if err != nil {
		return fmt.Errorf("start the API server: %w", err)
	}

	server, err = client.New(config, client.Options{})
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	if err := domicilev1alpha1.AddToScheme(server.Scheme()); err != nil {
		return fmt.Errorf("make the scheme: %w", err)
	}
	m.Run()
	return nil
}

// create creates an object for as long as the test runs.
func create(t *testing.T, object client.Object) {
	t.Helper()
	if err := server.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Delete(context.WithoutCancel(t.Context()), object); err != nil {
			t.Error(err)
		}
	})
}

// root is the root of the repository, from this folder.
var root = filepath.Join("..", "..")

// binaryAssets says where etcd and kube-apiserver are: where KUBEBUILDER_ASSETS
// says, or else where `make controlplane` puts them.
func binaryAssets() (string, error) {
	if dir := os.Getenv("KUBEBUILDER_ASSETS"); dir != "" {
		return dir, nil
	}
	dir, err := filepath.Abs(filepath.Join(root, "bin", "envtest"))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("no control plane: run `make controlplane`: %w", err)
	}
	return dir, nil
}
