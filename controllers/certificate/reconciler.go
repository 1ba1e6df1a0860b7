package certificate

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/domicile-dev/domicile/controllers/internal/apply"
	"github.com/domicile-dev/domicile/controllers/internal/metric"
)

// checkCertificates is how often certificates are looked at when nothing
// happens: time alone makes them due, and lets a new CA settle.
const checkCertificates = settle

// A right to create has no names: RBAC does not know the name of what is not there.
//+kubebuilder:rbac:groups="",namespace=domicile-system,resources=secrets,resourceNames=domicile-webhook-cert,verbs=get;list;watch;update
//+kubebuilder:rbac:groups="",namespace=domicile-system,resources=secrets,verbs=create

// Reconciler serves the certificate in one Secret, and issues and
// renews it unless somebody else does. It runs on every replica: each has to
// serve, and the first one that finds no certificate issues it. It does not
// wait for a leader, because nothing is ready without a certificate. The
// Secret's resourceVersion decides who was first.
type Reconciler struct {
	client        client.Client
	secret        client.ObjectKey
	configuration string
	issues        *rotation // nil when somebody else issues
	store         *Store
	clock         clock.PassiveClock
	expiresAt     *prometheus.GaugeVec // by certificate

	others otherCAs // when somebody else issues. Only one goroutine reconciles.
	// last is the Secret as it was last seen.
	last *corev1.Secret
}

// Options say which certificate is served.
type Options struct {
	// Namespace and Secret say where the certificate is kept.
	Namespace, Secret string
	// Service is what the certificate is for.
	Service string
	// Configuration is the webhook configuration, which tells API servers whom to trust.
	Configuration string
	// SelfSigned makes the reconciler issue the certificate. Otherwise it is
	// only read.
	SelfSigned bool
}

// New makes a reconciler that fills the store.
func New(c client.Client, o Options, s *Store, cl clock.PassiveClock, registerer prometheus.Registerer) (*Reconciler, error) {
	r := &Reconciler{
		client: c, secret: client.ObjectKey{Namespace: o.Namespace, Name: o.Secret}, configuration: o.Configuration,
		store: s, clock: cl,
		expiresAt: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "domicile_certificate_expiry_timestamp_seconds",
			Help: "When a certificate of the webhook expires.",
		}, []string{"certificate"}),
	}
	if o.SelfSigned {
		r.issues = newRotation(o.Service, o.Namespace)
	}
	return r, metric.Register(registerer, r.expiresAt)
}

// SetupWithManager watches the Secret and the webhook configuration.
func (r *Reconciler) SetupWithManager(mgr ctrl.Manager) error {
	toSecret := handler.EnqueueRequestsFromMapFunc(func(context.Context, client.Object) []reconcile.Request {
		return []reconcile.Request{{NamespacedName: r.secret}}
	})
	return ctrl.NewControllerManagedBy(mgr).Named("certificate").
		For(&corev1.Secret{}).
		Watches(&admissionv1.ValidatingWebhookConfiguration{}, toSecret).
		WatchesRawSource(source.Func(func(_ context.Context, q workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
			q.Add(reconcile.Request{NamespacedName: r.secret}) // nothing tells of a Secret that is not there
			return nil
		})).
		WithOptions(controller.Options{NeedLeaderElection: ptr.To(false)}).
		Complete(r)
}

// Reconcile issues what is due, and serves what there is.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var secret corev1.Secret
	if err := r.client.Get(ctx, req.NamespacedName, &secret); apierrors.IsNotFound(err) {
		return ctrl.Result{RequeueAfter: checkCertificates}, r.makeAgain(ctx)
	} else if err != nil {
		return ctrl.Result{}, fmt.Errorf("read the certificate Secret: %w", err)
	}
	r.last = secret.DeepCopy()
	trusted, err := r.trusted(ctx)
	if err != nil {
		return ctrl.Result{}, err
	}
	have := readMaterial(&secret)
	if r.issues != nil {
		written, err := r.issue(ctx, &secret, have, trusted)
		if err != nil || written {
			return ctrl.Result{}, err // the write comes back as an event
		}
	} else {
		have = r.others.remember(have, trusted, r.clock.Now())
	}
	wait, err := r.serve(ctx, have, trusted)
	return ctrl.Result{RequeueAfter: cmp.Or(wait, checkCertificates)}, err
}

// trusted is the bundle that API servers have been told to trust: nil when
// there is no configuration.
func (r *Reconciler) trusted(ctx context.Context) ([]byte, error) {
	var live admissionv1.ValidatingWebhookConfiguration
	if err := r.client.Get(ctx, client.ObjectKey{Name: r.configuration}, &live); client.IgnoreNotFound(err) != nil {
		return nil, fmt.Errorf("read the webhook configuration: %w", err)
	}
	return bundleOf(&live), nil
}

// bundleOf is the bundle that every entry of a configuration has; nil if they
// differ or there is none.
func bundleOf(c *admissionv1.ValidatingWebhookConfiguration) []byte {
	var bundle []byte
	for i := range c.Webhooks {
		b := c.Webhooks[i].ClientConfig.CABundle
		if i > 0 && !bytes.Equal(b, bundle) {
			return nil
		}
		bundle = b
	}
	return bundle
}

// issue brings the Secret up to date; true when it wrote it, or when somebody
// else was faster.
func (r *Reconciler) issue(ctx context.Context, secret *corev1.Secret, have material, trusted []byte) (bool, error) {
	published := func(ca []byte) bool { return bytes.Contains(trusted, bytes.TrimSpace(ca)) }
	want, err := r.issues.next(have, r.clock.Now(), published)
	if err != nil || want.equal(have) {
		return false, err
	}
	secret = secret.DeepCopy()
	secret.Data = maps.Clone(secret.Data)
	want.writeTo(secret)
	err = r.client.Update(ctx, secret, apply.Owner)
	if apierrors.IsConflict(err) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("write the certificate Secret: %w", err)
	}
	logr.FromContextOrDiscard(ctx).Info("Issued certificates", "newCA", !bytes.Equal(want.caCert, have.caCert),
		"newServerCertificate", !bytes.Equal(want.cert, have.cert))
	return true, nil
}

// serve publishes the bundle, and swaps the certificate unless API servers
// trust the one that is served now and may not know the CA of the other yet. It says how
// long to wait until they do; 0 is until something changes.
func (r *Reconciler) serve(ctx context.Context, m material, trusted []byte) (time.Duration, error) {
	now := r.clock.Now()
	pair, err := tls.X509KeyPair(m.cert, m.key)
	if err != nil {
		return 0, fmt.Errorf("read the server certificate: %w", err)
	}
	if len(bytes.TrimSpace(m.caCert)) == 0 {
		return 0, errors.New("the certificate Secret has no " + secretCA)
	}
	if bundle := m.bundle(now); !bytes.Equal(bundle, r.store.Bundle()) {
		r.store.trust(bundle)
	}
	current := r.store.serving.Load()
	if current != nil && accepted(trusted, current, now) {
		if !accepted(trusted, &pair, now) {
			return 0, nil // the configuration will change, and wake us
		}
		if r.issues == nil && !accepted(m.caCert, current, now) {
			if wait := r.others.settles(m.caCert, now); wait > 0 {
				return wait, nil
			}
		}
	}
	if current == nil || !current.Leaf.Equal(pair.Leaf) {
		r.store.serving.Store(&pair)
		logr.FromContextOrDiscard(ctx).Info("Serving a certificate", "notAfter", pair.Leaf.NotAfter)
	}
	r.expiresAt.WithLabelValues("server").Set(float64(pair.Leaf.NotAfter.Unix()))
	if ca, err := parseCertificate(m.caCert); err == nil {
		r.expiresAt.WithLabelValues("ca").Set(float64(ca.NotAfter.Unix()))
	}
	return 0, nil
}

// accepted says whether a client that trusts the bundle accepts the certificate.
func accepted(bundle []byte, c *tls.Certificate, now time.Time) bool {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM(bundle)
	for _, der := range c.Certificate[1:] {
		if cert, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(cert)
		}
	}
	_, err := c.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now})
	return err == nil
}
