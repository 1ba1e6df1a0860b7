package definitions_test

import (
	"context"
	"os"
	"testing"

	"github.com/domicile-dev/domicile/test/rig/apiserver"
)

// server is the API server of this package's tests.
var server apiserver.Server

func TestMain(m *testing.M) { os.Exit(apiserver.Run(context.Background(), m, &server)) }
