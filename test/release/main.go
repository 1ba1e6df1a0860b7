// Command release tries what internal/tools/release.sh has made: it pushes the image and
// the chart to a registry on loopback, installs the chart from there into a control plane,
// runs the manager of the image there, and the plugin of its archive. Nothing of the
// checkout is installed. `make release-check` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// timeout bounds everything.
const timeout = 10 * time.Minute

func main() {
	folder := flag.String("folder", "", "where the release is")
	version := flag.String("version", "", "its version, such as v1.2.3")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) //nolint:forbidigo // where every context begins
	ctx, cancel := context.WithTimeout(ctx, timeout)
	err := try(ctx, *folder, *version)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// try takes the steps of a user, one after the other.
func try(ctx context.Context, folder, version string) (err error) {
	work, err := os.MkdirTemp("", "domicile-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder
	u := &user{folder: folder, version: version, work: work}
	for _, step := range []struct {
		what string
		take func(context.Context) error
	}{
		{"every file has the sum in checksums.txt", u.checksums},
		{"a registry on loopback", u.startRegistry},
		{"the image is pushed, and pulled for this machine", u.image},
		{"the chart is pushed", u.chart},
		{"the chart is installed from the registry, and the image's manager serves", u.install},
		{"helm test", u.test},
		{"the plugin of the archive checks manifests", u.plugin},
	} {
		if err := step.take(ctx); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", step.what, err), u.close())
		}
		fmt.Println("ok  ", step.what)
	}
	return u.close()
}
