package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/file"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	registers "github.com/domicile-dev/domicile/internal/register"
)

// The media types of what is pushed. A source takes layers of any type: these
// tell people and other programs what they are.
const (
	// ArtifactType is that of an artifact with the files of one register.
	ArtifactType = "application/vnd.domicile.register.v1"
	// CompiledType is that of a layer that was compiled.
	CompiledType = "application/vnd.domicile.register.compiled.v1"
	// FileType is that of any other layer: a file as its publisher wrote it.
	FileType = "application/vnd.domicile.register.file.v1"
)

const pushLong = `Push the files of one register, compiled or as they are, to an OCI registry as an artifact of which each layer is a file. It prints the reference with the digest, which is what to pin: spec.source.oci.reference of an OwnershipRegister takes it.

The same files always have the same digest. Credentials are those of docker login and podman login, in ~/.docker/config.json (or where DOCKER_CONFIG says), with its helpers.

Exit codes: 0 if the artifact is in the registry, 2 if not.`

const pushExample = `  # Push a register that was compiled
  {{.}} register push gleif.zst registry.example/ownership/gleif:2026-07`

type pushing struct {
	plainHTTP bool
	streams   genericiooptions.IOStreams
}

func newPush(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &pushing{streams: streams}
	command := &cobra.Command{
		Use:                   "push FILE... REFERENCE",
		DisableFlagsInUseLine: true,
		Short:                 "Push a register to an OCI registry",
		Long:                  pushLong,
		Example:               examples(pushExample, name),
		Args:                  filesAndReference,
		RunE:                  func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	command.Flags().BoolVar(&o.plainHTTP, "plain-http", false, "Speak http instead of https, with a registry on this machine. Managers never do.")
	return command
}

func filesAndReference(_ *cobra.Command, args []string) error {
	if len(args) < 2 {
		return errors.New("name the files, and then where to push them, as in gleif.zst registry.example/ownership/gleif:2026-07")
	}
	return nil
}

func (o *pushing) run(ctx context.Context, args []string) (err error) {
	names, name := args[:len(args)-1], args[len(args)-1]
	reference, err := registry.ParseReference(name)
	if err != nil {
		return fmt.Errorf("%s is no reference such as registry.example/ownership/gleif:2026-07: %w", name, err)
	}
	if err := reference.ValidateReferenceAsTag(); err != nil {
		return fmt.Errorf("%s has no tag to push to, as in registry.example/ownership/gleif:2026-07", name)
	}
	if err := existing(names); err != nil {
		return err
	}
	store, err := file.New("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	artifact, err := pack(ctx, store, names)
	if err != nil {
		return err
	}
	if err := store.Tag(ctx, artifact, reference.Reference); err != nil {
		return err
	}
	target, err := o.repository(reference)
	if err != nil {
		return err
	}
	if _, err := oras.Copy(ctx, store, reference.Reference, target, reference.Reference, oras.DefaultCopyOptions); err != nil {
		return fmt.Errorf("push to %s: %w", name, err)
	}
	fmt.Fprintf(o.streams.Out, "%s@%s\n", name, artifact.Digest)
	return nil
}

// pack makes the manifest of an artifact with the files.
func pack(ctx context.Context, store *file.Store, names []string) (ocispec.Descriptor, error) {
	var layers []ocispec.Descriptor
	sorted := slices.SortedFunc(slices.Values(names), func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	for i, name := range sorted {
		if i > 0 && filepath.Base(sorted[i-1]) == filepath.Base(name) {
			return ocispec.Descriptor{}, fmt.Errorf("%s and %s have the same name", sorted[i-1], name)
		}
		mediaType, err := typeOf(name)
		if err != nil {
			return ocispec.Descriptor{}, err
		}
		path, err := filepath.Abs(name)
		if err != nil {
			return ocispec.Descriptor{}, err
		}
		layer, err := store.Add(ctx, filepath.Base(name), mediaType, path)
		if err != nil {
			return ocispec.Descriptor{}, fmt.Errorf("read %s: %w", name, err)
		}
		layers = append(layers, layer)
	}
	return oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, ArtifactType, oras.PackManifestOptions{
		Layers: layers,
		// The digest must not depend on when this runs.
		ManifestAnnotations: map[string]string{ocispec.AnnotationCreated: "1970-01-01T00:00:00Z"},
	})
}

// typeOf looks at how a file begins.
func typeOf(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	begin, err := beginOf(f)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	if registers.IsCompiled(begin) {
		return CompiledType, nil
	}
	if z, err := zstd.NewReader(io.MultiReader(bytes.NewReader(begin), f), zstd.WithDecoderConcurrency(1)); err == nil {
		defer z.Close()
		if begin, err := beginOf(z); err == nil && registers.IsCompiled(begin) {
			return CompiledType + "+zstd", nil
		}
	}
	return FileType, nil
}

// beginOf reads enough to tell what a file is.
func beginOf(r io.Reader) ([]byte, error) {
	begin := make([]byte, 64)
	n, err := io.ReadFull(r, begin)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return begin[:n], err
}

// repository is where to push to, with the user's own credentials.
func (o *pushing) repository(reference registry.Reference) (*remote.Repository, error) {
	target, err := remote.NewRepository(reference.Registry + "/" + reference.Repository)
	if err != nil {
		return nil, err
	}
	target.PlainHTTP = o.plainHTTP
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, fmt.Errorf("read the credentials of docker login: %w", err)
	}
	target.Client = &auth.Client{Client: retry.DefaultClient, Cache: auth.NewCache(), Credential: credentials.Credential(store)}
	return target, nil
}
