package manager

import (
	stdlog "log"
	"strings"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
)

// setLogger makes everybody write to one structured log: controller-runtime,
// client-go, and the HTTP servers of the standard library.
func setLogger(log logr.Logger) {
	ctrl.SetLogger(log)
	klog.SetLogger(log)
	stdlog.SetFlags(0)
	stdlog.SetOutput(lines{log.WithName("http")})
}

// lines logs each line that is written to it.
type lines struct{ log logr.Logger }

// Write logs one line at the debug level: what http.Server reports is what
// clients did, such as to hang up during a handshake.
func (l lines) Write(line []byte) (int, error) {
	l.log.V(1).Info("Server message", "text", strings.TrimSpace(string(line)))
	return len(line), nil
}
