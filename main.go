// Command manager runs Domicile in a cluster: it answers admission requests, and
// keeps snapshot, status, webhook configuration and certificates up to date.
package main

import (
	"os"

	"github.com/domicile-dev/domicile/internal/manager"
)

func main() { os.Exit(manager.Main(os.Args[1:])) }
