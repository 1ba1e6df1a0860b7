package manager

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/domicile-dev/domicile/controllers/audit"
	"github.com/domicile-dev/domicile/controllers/registers"
	"github.com/domicile-dev/domicile/internal/register/source"
	"github.com/domicile-dev/domicile/webhook"
)

// The values of --cert-source.
const (
	selfSigned  = "self-signed"
	certManager = "cert-manager"
)

// options are what the flags say.
type options struct {
	webhookAddress, healthAddress, metricsAddress string

	namespace         string
	serviceName       string
	certificateSecret string
	certSource        string
	servicePort       int
	ownerClusterRole  string

	// mirrorClusterRole is "" for no mirror.
	mirrorClusterRole    string
	webhookFailurePolicy string
	webhookAnnotations   map[string]string
	excludedNamespaces   []string

	leaderElect    bool
	webhookTimeout time.Duration
	shutdownDelay  time.Duration
	drainTimeout   time.Duration
	contactBound   time.Duration

	callerCAFile    string
	callerTokens    bool
	callerNames     []string
	callerCountOnly bool
	shortRefusals   bool

	registerDir, registerCacheDir     string
	registerCacheSize, registerMemory resource.QuantityValue
	reviewMemory                      resource.QuantityValue
	registerConfig, registerCAFile    string

	auditInterval time.Duration
	reportAPI     string

	suspension                              bool
	suspensionPerMinute, suspensionMaxShare int
	statusPerSecond                         float64

	log          zap.Options
	printVersion bool

	// webhookHost and webhookPort are webhookAddress in two parts.
	webhookHost string
	webhookPort int
}

// leastReviewMemory is enough for some hundreds of usual requests.
const leastReviewMemory = 16 << 20

// parseFlags reads the flags and checks them. Usage and errors about flags that
// do not exist go to out.
func parseFlags(args []string, out io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("manager", flag.ContinueOnError)
	f.SetOutput(out)
	o.sharedFlags(f)
	f.StringVar(&o.webhookAddress, "webhook-bind-address", ":9443", "`host:port` to answer admission requests on")
	f.StringVar(&o.serviceName, "service-name", "domicile-webhook", "`name` of the Service in front of the webhook")
	f.IntVar(&o.servicePort, "service-port", 443, "the `port` of that Service")
	f.StringVar(&o.certificateSecret, "certificate-secret", "domicile-webhook-cert", "`name` of the Secret that has the webhook's certificate")
	f.StringVar(&o.certSource, "cert-source", selfSigned, "who issues the certificate: self-signed (the manager does) or cert-manager (it is only read)")
	f.StringVar(&o.ownerClusterRole, "owner-cluster-role", "", "`name` of the ClusterRole that the webhook configuration is garbage-collected with")
	f.StringVar(&o.mirrorClusterRole, "mirror-cluster-role", "", "`name` of the ClusterRole for the mirror, which is garbage-collected with it; empty for no mirror")
	f.StringVar(&o.webhookFailurePolicy, "webhook-failure-policy", string(admissionv1.Fail), "what API servers do with workloads and API keys while no replica answers: Fail (refuse them) or Ignore (admit whom the mirror does not refuse; needs the mirror)")
	o.bindConfiguration(f)
	f.BoolVar(&o.leaderElect, "leader-elect", true, "elect the one manager that writes status and the webhook configuration")
	f.DurationVar(&o.webhookTimeout, "webhook-timeout", 5*time.Second, "how long the API server waits for an answer, 1s to 30s")
	o.reviewMemory.Quantity = *resource.NewQuantity(webhook.DefaultReviewMemory, resource.BinarySI)
	f.Var(&o.reviewMemory, "review-memory", "the most `bytes` of memory for all admission requests that are being read, such as 128Mi; those beyond it wait, or are answered with 503")
	o.bindCallers(f)
	f.DurationVar(&o.auditInterval, "audit-interval", 10*time.Minute, "the pause between two audits of the whole cluster; 0 for none")
	f.StringVar(&o.reportAPI, "report-api", string(audit.OpenReports), "`API group` of the reports that the audit writes: openreports.io, wgpolicyk8s.io or none")
	f.BoolVar(&o.suspension, "suspension", false, "suspend the workloads of restricted tenants where a policy says existing: Suspend; needs the ClusterRole for suspension")
	f.Float64Var(&o.statusPerSecond, "status-per-second", 50, "the most `writes` of status a second; what somebody has just changed comes first")
	f.IntVar(&o.suspensionPerMinute, "suspension-per-minute", 60, "the most `writes` a minute that suspend objects or give them back")
	f.IntVar(&o.suspensionMaxShare, "suspension-max-tenant-share", 10, "the most `percent` of all tenants that may be suspended without a confirmation in the policy")
	err := o.parse(f, args, o.complete)
	return o, err
}

// bindCallers binds the flags that say who may call, and what callers are told.
func (o *options) bindCallers(f *flag.FlagSet) {
	f.StringVar(&o.callerCAFile, "caller-ca-file", "", "`file` of PEM certificates that sign the client certificates of API servers, read again when it changes; nobody else may call the webhook then; empty for none")
	f.BoolVar(&o.callerTokens, "caller-tokens", false, "let those call the webhook who show a token of this cluster for https://SERVICE.NAMESPACE.svc:PORT, or for that with the path, and nobody else")
	f.Func("caller-name", "`user` who may call: the common name of a certificate or the user of a token, such as system:serviceaccount:NAMESPACE:NAME; may be repeated; without any, every certificate will do", func(name string) error {
		o.callerNames = append(o.callerNames, name)
		return nil
	})
	f.BoolVar(&o.shortRefusals, "short-refusals", false, "tell nobody in refusals and warnings who owns a tenant, and where, but the policy, the tenant and the reason")
	f.BoolVar(&o.callerCountOnly, "caller-count-only", false, "answer those who may not call all the same, and count them: to try the other flags")
}

// mostExcluded bounds the namespaces that are left out: they stand in every entry of the
// webhook configuration.
const mostExcluded = 64

// bindConfiguration binds the flags that say what the webhook configuration is like.
func (o *options) bindConfiguration(f *flag.FlagSet) {
	f.Func("excluded-namespace", "`namespace` that nobody is asked about, and that the mirror, audit and suspension leave out, like kube-system and the manager's own; may be repeated, 64 times at most", func(name string) error {
		if problems := validation.IsDNS1123Label(name); len(problems) > 0 {
			return errors.New(problems[0])
		}
		if len(o.excludedNamespaces) == mostExcluded {
			return fmt.Errorf("more than %d", mostExcluded)
		}
		o.excludedNamespaces = append(o.excludedNamespaces, name)
		return nil
	})
	f.Func("webhook-annotation", "`name=value` of an annotation for the webhook configuration; may be repeated", func(text string) error {
		name, value, ok := strings.Cut(text, "=")
		if problems := validation.IsQualifiedName(name); !ok || len(problems) > 0 {
			return errors.New("must be name=value, with a name that annotations may have")
		}
		if o.webhookAnnotations == nil {
			o.webhookAnnotations = map[string]string{}
		}
		o.webhookAnnotations[name] = value
		return nil
	})
}

// complete checks what the flag package cannot.
func (o *options) complete() error {
	var errs []error
	for flagName, name := range map[string]string{"namespace": o.namespace, "service-name": o.serviceName, "certificate-secret": o.certificateSecret} {
		if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
			errs = append(errs, fmt.Errorf("--%s %q: %s", flagName, name, problems[0]))
		}
	}
	if o.certSource != selfSigned && o.certSource != certManager {
		errs = append(errs, fmt.Errorf("--cert-source %q: must be %s or %s", o.certSource, selfSigned, certManager))
	}
	if err := o.checkFailurePolicy(); err != nil {
		errs = append(errs, err)
	}
	if o.webhookTimeout < time.Second || o.webhookTimeout > 30*time.Second {
		errs = append(errs, fmt.Errorf("--webhook-timeout %s: must be 1s to 30s", o.webhookTimeout))
	}
	errs = append(errs, o.checkShared()...)
	if err := o.checkCallers(); err != nil {
		errs = append(errs, err)
	}
	if o.auditInterval != 0 && o.auditInterval < time.Second {
		errs = append(errs, fmt.Errorf("--audit-interval %s: must be 0 or at least 1s", o.auditInterval))
	}
	if !audit.ReportAPI(o.reportAPI).Known() {
		errs = append(errs, fmt.Errorf("--report-api %q: must be %s, %s or %s", o.reportAPI, audit.OpenReports, audit.PolicyReports, audit.NoReports))
	}
	if !(o.statusPerSecond >= 0.1 && o.statusPerSecond <= 10000) {
		errs = append(errs, fmt.Errorf("--status-per-second %v: must be 0.1 to 10000", o.statusPerSecond))
	}
	if o.suspensionPerMinute < 1 || o.suspensionPerMinute > 6000 {
		errs = append(errs, fmt.Errorf("--suspension-per-minute %d: must be 1 to 6000", o.suspensionPerMinute))
	}
	if o.suspensionMaxShare < 0 || o.suspensionMaxShare > 100 {
		errs = append(errs, fmt.Errorf("--suspension-max-tenant-share %d: must be 0 to 100", o.suspensionMaxShare))
	}
	if o.reviewMemory.Value() < leastReviewMemory {
		errs = append(errs, fmt.Errorf("--review-memory %s: must be at least 16Mi", o.reviewMemory.String()))
	}
	if o.servicePort < 1 || o.servicePort > 65535 {
		errs = append(errs, fmt.Errorf("--service-port %d: must be 1 to 65535", o.servicePort))
	}
	host, port, err := net.SplitHostPort(o.webhookAddress)
	if err == nil {
		o.webhookHost = host
		o.webhookPort, err = strconv.Atoi(port)
	}
	if err != nil || o.webhookPort < 1 || o.webhookPort > 65535 {
		errs = append(errs, fmt.Errorf("--webhook-bind-address %q: must be host:port", o.webhookAddress))
	}
	return errors.Join(errs...)
}

// registers bounds what registers may take and where they may come from.
func (o *options) registers() registers.Options {
	return registers.Options{
		Fetch: source.Options{
			Folder: o.registerDir, CAFile: o.registerCAFile, RegistryConfig: o.registerConfig,
			UserAgent: "domicile/" + version(),
		},
		CacheFolder: o.registerCacheDir,
		// A kubelet measures whole blocks, and evicts who has more than the size.
		CacheBytes:  o.registerCacheSize.Value() / 10 * 9,
		MemoryBytes: o.registerMemory.Value(),
	}
}
