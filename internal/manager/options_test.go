package manager

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestFlags(t *testing.T) {
	t.Setenv("POD_NAMESPACE", "")
	defaults := options{
		webhookAddress: ":9443", healthAddress: ":8081", metricsAddress: ":8443",
		namespace: "domicile-system", serviceName: "domicile-webhook", certificateSecret: "domicile-webhook-cert",
		certSource: selfSigned, servicePort: 443, webhookFailurePolicy: "Fail", leaderElect: true, webhookTimeout: 5 * time.Second,
		shutdownDelay: 5 * time.Second, drainTimeout: 20 * time.Second, webhookPort: 9443, contactBound: 10 * time.Second,
		auditInterval: 10 * time.Minute, reportAPI: "openreports.io",
		suspensionPerMinute: 60, suspensionMaxShare: 10, statusPerSecond: 50,
		registerCacheDir:  filepath.Join(os.TempDir(), "domicile-registers"),
		registerCacheSize: resource.QuantityValue{Quantity: resource.MustParse("8Gi")},
		reviewMemory:      resource.QuantityValue{Quantity: *resource.NewQuantity(128<<20, resource.BinarySI)},
		registerMemory:    resource.QuantityValue{Quantity: resource.MustParse("1Gi")},
	}
	with := func(change func(*options)) options {
		o := defaults
		change(&o)
		return o
	}
	for _, tc := range []struct {
		name, reason string
		args         []string
		want         options
		err          string
	}{
		{name: "defaults", reason: "only the namespace has to be said", args: []string{"--namespace=domicile-system"}, want: defaults},
		{name: "IPv6", reason: "the chart brackets every address, so that both families work",
			args: []string{"--namespace=domicile-system", "--webhook-bind-address=[2001:db8::1]:9443"},
			want: with(func(o *options) {
				o.webhookAddress, o.webhookHost = "[2001:db8::1]:9443", "2001:db8::1"
			})},
		{name: "IPv4 in brackets", reason: "what the chart renders for IPv4",
			args: []string{"--namespace=domicile-system", "--webhook-bind-address=[127.0.100.20]:9443"},
			want: with(func(o *options) {
				o.webhookAddress, o.webhookHost = "[127.0.100.20]:9443", "127.0.100.20"
			})},
		{name: "what is left out", reason: "network and storage plugins have namespaces of their own",
			args: []string{"--namespace=domicile-system", "--excluded-namespace=plumbing", "--excluded-namespace=disks"},
			want: with(func(o *options) { o.excludedNamespaces = []string{"plumbing", "disks"} })},
		{name: "what is no namespace", reason: "it would leave out nothing", args: []string{"--namespace=a", "--excluded-namespace=calico-*"}, err: "-excluded-namespace"},
		{name: "annotations", reason: "platforms look for some", args: []string{"--namespace=domicile-system", "--webhook-annotation=admissions.enforcer/disabled=true"},
			want: with(func(o *options) { o.webhookAnnotations = map[string]string{"admissions.enforcer/disabled": "true"} })},
		{name: "an annotation without a value", reason: "the API server would refuse the configuration", args: []string{"--namespace=a", "--webhook-annotation=a b"}, err: "must be name=value"},
		{name: "version", reason: "needs nothing else", args: []string{"--version"}, want: with(func(o *options) {
			o.printVersion, o.namespace, o.webhookPort = true, "", 0
		})},
		{name: "fails open without the mirror", reason: "it would let everybody in", args: []string{"--namespace=a", "--webhook-failure-policy=Ignore"}, err: "needs --mirror-cluster-role"},
		{name: "fails half", reason: "there are two policies", args: []string{"--namespace=a", "--webhook-failure-policy=Half"}, err: "must be Fail or Ignore"},
		{name: "no namespace", reason: "it would exclude no namespace from its own admission", err: `--namespace ""`},
		{name: "no port", reason: "the Service must lead somewhere", args: []string{"--webhook-bind-address=127.0.0.1"}, err: "--webhook-bind-address"},
		{name: "callers", reason: "names may be repeated",
			args: []string{"--namespace=domicile-system", "--caller-tokens", "--caller-name=a", "--caller-name=system:serviceaccount:b:c"},
			want: with(func(o *options) { o.callerTokens, o.callerNames = true, []string{"a", "system:serviceaccount:b:c"} })},
		{name: "short refusals", reason: "whoever reaches the webhook reads them",
			args: []string{"--namespace=domicile-system", "--short-refusals"}, want: with(func(o *options) { o.shortRefusals = true })},
		{name: "whose tokens", reason: "every Pod can get one for the webhook", args: []string{"--caller-tokens"}, err: "--caller-tokens needs --caller-name"},
		{name: "names of nothing", reason: "somebody would believe that others are turned away", args: []string{"--caller-name=a"}, err: "need --caller-ca-file"},
		{name: "empty name", reason: "a certificate may have none", args: []string{"--caller-ca-file=x", "--caller-name="}, err: "must not be empty"},
		{name: "bad source", reason: "a typo must not become self-signed", args: []string{"--cert-source=certmanager"}, err: "must be self-signed or cert-manager"},
		{name: "timeout", reason: "the API server refuses more than 30 s", args: []string{"--webhook-timeout=1m"}, err: "must be 1s to 30s"},
		{name: "contact", reason: "storage that tells its progress rarely needs more", args: []string{"--namespace=domicile-system", "--contact-bound=15m"},
			want: with(func(o *options) { o.contactBound = 15 * time.Minute })},
		{name: "restless contact", reason: "one late proof must not stop a replica", args: []string{"--contact-bound=5s"}, err: "--contact-bound"},
		{name: "no contact", reason: "0 would be no bound", args: []string{"--contact-bound=0"}, err: "must be 10s to 1h0m0s"},
		{name: "no cache", reason: "compiled registers have to be somewhere", args: []string{"--register-cache-size=0"}, err: "--register-cache-size"},
		{name: "no audit", reason: "some sweep only when something changes", args: []string{"--namespace=domicile-system", "--audit-interval=0", "--report-api=none"},
			want: with(func(o *options) { o.auditInterval, o.reportAPI = 0, "none" })},
		{name: "suspension", reason: "off by default", args: []string{"--namespace=domicile-system", "--suspension", "--suspension-per-minute=6", "--suspension-max-tenant-share=0"},
			want: with(func(o *options) { o.suspension, o.suspensionPerMinute, o.suspensionMaxShare = true, 6, 0 })},
		{name: "suspension without an end", reason: "0 is no limit that anybody means", args: []string{"--suspension-per-minute=0"}, err: "--suspension-per-minute"},
		{name: "more than all tenants", reason: "the breaker would never open", args: []string{"--suspension-max-tenant-share=101"}, err: "--suspension-max-tenant-share"},
		{name: "restless audit", reason: "a typo must not keep the API server busy", args: []string{"--audit-interval=10ms"}, err: "--audit-interval"},
		{name: "reports", reason: "a typo must not become no reports", args: []string{"--report-api=openreports"}, err: "--report-api"},
		{name: "argument", reason: "a flag without dashes is a mistake", args: []string{"leader-elect"}, err: `unexpected argument "leader-elect"`},
		{name: "unknown", reason: "flags are not ignored", args: []string{"--fail-open"}, err: "fail-open"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := parseFlags(tc.args, io.Discard)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Fatalf("error %v, want %q: %s", err, tc.err, tc.reason)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(options{}), cmpopts.IgnoreFields(options{}, "log")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHelpIsNoError(t *testing.T) {
	var out strings.Builder
	if _, err := parseFlags([]string{"--help"}, &out); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(out.String(), "owner-cluster-role") {
		t.Errorf("the usage does not list the flags:\n%s", out.String())
	}
}

func TestAuditAndSuspensionLeaveOutWhatAdmissionDoes(t *testing.T) {
	o := options{namespace: "domicile-system", excludedNamespaces: []string{"plumbing"}}
	for name, want := range map[string]bool{"kube-system": true, "domicile-system": true, "plumbing": true, "default": false, "": false} {
		if got := o.skips(name); got != want {
			t.Errorf("%q: left out %t, want %t", name, got, want)
		}
	}
}
