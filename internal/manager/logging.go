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
	log = log.WithSink(withoutProbes{log.GetSink()})
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

// withoutProbes leaves out what controller-runtime logs of each probe that fails, which
// has no reason in it: see told.
type withoutProbes struct{ logr.LogSink }

// WithName implements logr.LogSink.
func (s withoutProbes) WithName(name string) logr.LogSink {
	if name == "healthz" {
		return silent{} // the sink of a logger that discards is nil, which controller-runtime calls
	}
	return withoutProbes{s.LogSink.WithName(name)}
}

// WithValues implements logr.LogSink.
func (s withoutProbes) WithValues(keysAndValues ...any) logr.LogSink {
	return withoutProbes{s.LogSink.WithValues(keysAndValues...)}
}

// silent writes nothing.
type silent struct{}

func (silent) Init(logr.RuntimeInfo)            {}
func (silent) Enabled(int) bool                 { return false }
func (silent) Info(int, string, ...any)         {}
func (silent) Error(error, string, ...any)      {}
func (s silent) WithValues(...any) logr.LogSink { return s }
func (s silent) WithName(string) logr.LogSink   { return s }
