package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

// user is somebody who has a release and nothing else.
type user struct {
	folder, version, work string

	registry *exec.Cmd
	address  string // of the registry
	manager  string // the program in the image
	cluster  *cluster.Cluster
}

func (u *user) close() error {
	var err error
	if u.cluster != nil {
		err = u.cluster.Close()
	}
	if u.registry != nil {
		_ = u.registry.Process.Kill() // what is in memory is lost anyway
		_ = u.registry.Wait()
	}
	return err
}

func (u *user) checksums(context.Context) error {
	text, err := os.ReadFile(filepath.Join(u.folder, "checksums.txt"))
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		data, err := os.ReadFile(filepath.Join(u.folder, name))
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
			return fmt.Errorf("%s has another sum", name)
		}
	}
	if len(lines) < 8 {
		return fmt.Errorf("only %d files have one", len(lines))
	}
	return nil
}

// startRegistry serves without TLS, as clients accept it of loopback addresses.
func (u *user) startRegistry(ctx context.Context) error {
	u.registry = exec.CommandContext(ctx, "bin/registry")
	out, err := u.registry.StdoutPipe()
	if err != nil {
		return err
	}
	if err := u.registry.Start(); err != nil {
		return fmt.Errorf("run `make bin/registry`: %w", err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	u.address = strings.TrimSpace(address)
	return err
}

// image pushes the layout, and takes the manager out of the image for this machine.
func (u *user) image(ctx context.Context) error {
	made, err := oci.New(filepath.Join(u.folder, "image"))
	if err != nil {
		return err
	}
	repository, err := remote.NewRepository(u.address + "/domicile")
	if err != nil {
		return err
	}
	repository.PlainHTTP = true
	if _, err := oras.Copy(ctx, made, u.version, repository, u.version, oras.DefaultCopyOptions); err != nil {
		return err
	}
	options := oras.DefaultFetchBytesOptions
	options.TargetPlatform = &ocispec.Platform{OS: "linux", Architecture: runtime.GOARCH}
	_, text, err := oras.FetchBytes(ctx, repository, u.version, options)
	if err != nil {
		return err
	}
	var manifest ocispec.Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	u.manager = filepath.Join(u.work, "manager")
	for _, layer := range slices.Backward(manifest.Layers) {
		if err = u.unpack(ctx, repository, layer, "manager", u.manager); err == nil {
			return nil
		}
	}
	return err
}

// unpack takes one program out of a layer.
func (u *user) unpack(ctx context.Context, from *remote.Repository, layer ocispec.Descriptor, name, to string) error {
	content, err := from.Fetch(ctx, layer)
	if err != nil {
		return err
	}
	defer content.Close()
	gz, err := gzip.NewReader(content)
	if err != nil {
		return err
	}
	return extract(tar.NewReader(gz), name, to)
}

// extract takes one program out of an archive.
func extract(r *tar.Reader, name, to string) error {
	for {
		header, err := r.Next()
		if err != nil {
			return fmt.Errorf("find %s: %w", name, err)
		}
		if strings.TrimPrefix(header.Name, "/") != name {
			continue
		}
		f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o700)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r) //nolint:gosec // we have made it ourselves
		return errors.Join(err, f.Close())
	}
}

func (u *user) chart(ctx context.Context) error {
	charts, err := filepath.Glob(filepath.Join(u.folder, "domicile-*.tgz"))
	if err != nil || len(charts) != 1 {
		return errors.Join(err, fmt.Errorf("there are %d charts", len(charts)))
	}
	out, err := exec.CommandContext(ctx, "bin/helm", "push", charts[0], "oci://"+u.address+"/charts", "--plain-http").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

func (u *user) install(ctx context.Context) (err error) {
	if u.cluster, err = cluster.Start(ctx, cluster.Options{Manager: u.manager}); err != nil {
		return err
	}
	values := []string{"image.repository=" + u.address + "/domicile", "webhook.service.port=8443"}
	if err := u.helm(ctx,
		"install", "domicile", "oci://"+u.address+"/charts/domicile", "--version", strings.TrimPrefix(u.version, "v"), "--plain-http",
		"--create-namespace", "--set", strings.Join(values, ","),
	); err != nil {
		return err
	}
	_, err = u.cluster.RunManager(ctx, namespace, "domicile")
	return err
}

// namespace is where it is installed.
const namespace = "domicile-system"

func (u *user) helm(ctx context.Context, args ...string) error {
	r, err := u.cluster.Helm(ctx, append(args, "--namespace", namespace)...)
	if err == nil && r.Code != 0 {
		err = fmt.Errorf("helm %s: exit code %d\n%s%s", args[0], r.Code, r.Stdout, r.Stderr)
	}
	return err
}

// test is what `helm test` runs: there is no kubelet to run it.
func (u *user) test(ctx context.Context) error {
	program := exec.CommandContext(ctx, u.manager, "check", "--namespace="+namespace, "--owner-cluster-role=domicile")
	program.Env = append(os.Environ(), "KUBECONFIG="+u.cluster.Kubeconfig())
	if out, err := program.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

func (u *user) plugin(ctx context.Context) error {
	f, err := os.Open(filepath.Join(u.folder, fmt.Sprintf("kubectl-domicile_%s_linux_%s.tar.gz", u.version, runtime.GOARCH)))
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	gz, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	program := filepath.Join(u.work, "kubectl-domicile")
	if err := extract(tar.NewReader(gz), "kubectl-domicile", program); err != nil {
		return err
	}
	// The samples have one workload that is refused when its tenant's exemption has ended.
	out, err := exec.CommandContext(ctx, program, "check", "-f", "config/samples", "--at", "2027-01-01T00:00:00Z").CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || !strings.Contains(string(out), "RestrictedOwner") {
		return fmt.Errorf("it refuses nothing: %v\n%s", err, out) //nolint:errorlint // there is none if it refuses nothing
	}
	return nil
}
