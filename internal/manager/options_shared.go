package manager

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// sharedFlags are those of everything that decides: the manager and the gateway.
func (o *options) sharedFlags(f *flag.FlagSet) {
	f.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081", "`host:port` to answer /healthz and /readyz on")
	f.StringVar(&o.metricsAddress, "metrics-bind-address", ":8443", "`host:port` to serve metrics on, over TLS, to users who may get /metrics; 0 for nowhere")
	f.StringVar(&o.namespace, "namespace", os.Getenv("POD_NAMESPACE"), "the manager's own `namespace` (default $POD_NAMESPACE)")
	f.DurationVar(&o.shutdownDelay, "shutdown-delay", 5*time.Second, "how long to go on answering after /readyz fails, so that clients notice")
	f.DurationVar(&o.drainTimeout, "drain-timeout", 20*time.Second, "how long requests that have begun may take to end on shutdown")
	f.DurationVar(&o.contactBound, "contact-bound", 10*time.Second, "how old what is known of the API server may be, 10s to 1h; beyond it this replica answers 503 and is not ready")
	f.StringVar(&o.registerDir, "register-dir", "", "`folder` below which the files of OwnershipRegisters are; empty for none")
	f.StringVar(&o.registerCacheDir, "register-cache-dir", filepath.Join(os.TempDir(), "domicile-registers"), "`folder` for downloads and compiled registers, of this replica alone")
	o.registerCacheSize.Quantity, o.registerMemory.Quantity = resource.MustParse("8Gi"), resource.MustParse("1Gi")
	f.Var(&o.registerCacheSize, "register-cache-size", "`size` of that folder's volume, of which nine tenths are used, such as 8Gi")
	f.Var(&o.registerMemory, "register-memory", "the most `bytes` of memory for the data of all registers, such as 1Gi; while data changes, up to three times as much is in use")
	f.StringVar(&o.registerConfig, "registry-config", "", "Docker config `file` with credentials for the OCI registries that registers come from; empty for none")
	f.StringVar(&o.registerCAFile, "register-ca-file", "", "`file` of PEM certificates to trust for the sources of registers, besides the system's")
	f.BoolVar(&o.printVersion, "version", false, "print the version and exit")
	o.log.BindFlags(f)
}

// parse reads the flags, and checks them unless only the version is asked for.
func (o *options) parse(f *flag.FlagSet, args []string, check func() error) error {
	if err := f.Parse(args); err != nil {
		return err //nolint:wrapcheck // it names the flag
	}
	if o.printVersion {
		return nil
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return check()
}

// checkShared checks what the flag package cannot.
func (o *options) checkShared() (errs []error) {
	if err := o.checkContactBound(); err != nil {
		errs = append(errs, err)
	}
	if o.registerCacheSize.Value() <= 0 || o.registerMemory.Value() <= 0 {
		errs = append(errs, errors.New("--register-cache-size and --register-memory must be greater than 0"))
	}
	if o.shutdownDelay < 0 || o.drainTimeout < 0 {
		errs = append(errs, errors.New("--shutdown-delay and --drain-timeout must not be negative"))
	}
	return errs
}
