package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	certutil "k8s.io/client-go/util/cert"
	webhookserver "sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/test/bench/filled"
)

// path is where both answer.
const path = "/validate"

// The files of the certificate, as controller-runtime calls them.
const (
	certificateFile = "tls.crt"
	keyFile         = "tls.key"
)

// writeCertificate makes a certificate for names, and returns whom to trust.
func writeCertificate(folder string, names []string) (bundle []byte, err error) {
	certificate, key, err := certutil.GenerateSelfSignedCertKey(names[0], nil, names[1:])
	if err != nil {
		return nil, err
	}
	return certificate, errors.Join(
		os.WriteFile(filepath.Join(folder, certificateFile), certificate, 0o600), os.WriteFile(filepath.Join(folder, keyFile), key, 0o600))
}

// serve answers until the context ends.
func serve(ctx context.Context, o options) error {
	switch o.serve {
	case "yes":
		return serveYes(ctx, o)
	case "validator":
		return serveValidator(ctx, o)
	default:
		return fmt.Errorf("-serve %q: there are yes and validator", o.serve)
	}
}

// serveYes answers as quickly as can be.
func serveYes(ctx context.Context, o options) error {
	server := &http.Server{
		Addr: o.address, Handler: http.HandlerFunc(sayYes), ReadHeaderTimeout: 10 * time.Second, TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // it ends anyway
	defer stop()
	err := server.ListenAndServeTLS(filepath.Join(o.folder, certificateFile), filepath.Join(o.folder, keyFile))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// sayYes reads no more of a review than its uid, which stands before everything that a
// user writes.
func sayYes(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	_, rest, ok := bytes.Cut(body, []byte(`"uid":"`))
	uid, _, ok2 := bytes.Cut(rest, []byte(`"`))
	if err != nil || !ok || !ok2 {
		http.Error(w, "this is no review", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"%s","allowed":true}}`, uid)
}

// restricted is a Validator as many are: it knows the tenants by heart that it refuses.
type restricted map[string]bool

var _ admission.Validator[*corev1.Pod] = restricted{}

// ValidateCreate implements admission.Validator.
func (r restricted) ValidateCreate(_ context.Context, pod *corev1.Pod) (admission.Warnings, error) {
	if tenant := pod.Annotations[v1alpha1.TenantAnnotation]; r[tenant] {
		return nil, fmt.Errorf("tenant %s is refused", tenant)
	}
	return nil, nil
}

// ValidateUpdate implements admission.Validator.
func (r restricted) ValidateUpdate(ctx context.Context, _, pod *corev1.Pod) (admission.Warnings, error) {
	return r.ValidateCreate(ctx, pod)
}

// ValidateDelete implements admission.Validator.
func (restricted) ValidateDelete(context.Context, *corev1.Pod) (admission.Warnings, error) {
	return nil, nil
}

func serveValidator(ctx context.Context, o options) error {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	host, text, err := net.SplitHostPort(o.address)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	refused := restricted{}
	for i := range o.tenants[0] {
		refused[filled.TenantName(i)] = true
	}
	server := webhookserver.NewServer(webhookserver.Options{Host: host, Port: port, CertDir: o.folder})
	server.Register(path, admission.WithValidator(scheme, refused))
	return server.Start(ctx)
}
