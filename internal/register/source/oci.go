package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"

	"github.com/domicile-dev/domicile/internal/register"
)

const (
	maxManifest = 4 << 20 // what registries accept
	maxLayers   = 1024
)

// artifact fetches the layers of an artifact, each of which is a file.
func (f *Fetcher) artifact(ctx context.Context, r Request) (*Result, error) {
	repository, err := f.repository(r.Reference)
	if err != nil {
		return nil, err
	}
	name := repository.Reference.String()
	described, err := repository.Resolve(ctx, repository.Reference.Reference)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", name, withoutQuery(err))
	}
	digest := described.Digest.String()
	switch {
	case r.Checksum != "" && r.Checksum != digest:
		return nil, mismatch(name, r.Checksum, digest)
	case digest == r.Version:
		return &Result{Unchanged: true, Version: digest}, nil
	case described.Size > maxManifest:
		return nil, fmt.Errorf("the manifest of %s has %d bytes; %d are the most", name, described.Size, maxManifest)
	}
	raw, err := content.FetchAll(ctx, repository, described)
	if err != nil {
		return nil, fmt.Errorf("fetch the manifest of %s: %w", name, withoutQuery(err))
	}
	layers, err := layersOf(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	result, into := &Result{Version: digest}, newFolder(r)
	for i, layer := range layers {
		file, err := fetchLayer(ctx, repository, i, layer, into)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		result.Files = append(result.Files, file)
	}
	return result, nil
}

func (f *Fetcher) repository(reference string) (*remote.Repository, error) {
	repository, err := remote.NewRepository(reference)
	if err != nil {
		return nil, fmt.Errorf("not a reference: %w", err)
	}
	repository.MaxMetadataBytes = maxManifest
	client := &auth.Client{Client: f.client, Cache: auth.NewCache()}
	if f.options.RegistryConfig != "" {
		// Credential helpers are programs: what a file has is all there is.
		store, err := credentials.NewFileStore(f.options.RegistryConfig)
		if err != nil {
			return nil, fmt.Errorf("read credentials: %w", err)
		}
		client.Credential = credentials.Credential(store)
	}
	repository.Client = client
	return repository, nil
}

// layersOf reads a manifest.
func layersOf(raw []byte) ([]ocispec.Descriptor, error) {
	var manifest struct {
		ocispec.Manifest
		// Manifests is what an index has instead.
		Manifests json.RawMessage `json:"manifests"`
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, fmt.Errorf("its manifest is no JSON: %w", err)
	}
	var layers []ocispec.Descriptor
	for _, layer := range manifest.Layers {
		if layer.MediaType != ocispec.MediaTypeEmptyJSON {
			layers = append(layers, layer)
		}
	}
	switch {
	case len(manifest.Manifests) > 0:
		return nil, errors.New("it is an index of artifacts: name one of them by its digest")
	case len(layers) == 0:
		return nil, errors.New("it has no layer")
	case len(layers) > maxLayers:
		return nil, fmt.Errorf("its %d layers are more than %d", len(layers), maxLayers)
	}
	return layers, nil
}

func fetchLayer(ctx context.Context, from content.Fetcher, i int, layer ocispec.Descriptor, into *folder) (_ register.File, err error) {
	name := fmt.Sprintf("layer %d", i+1)
	if title := path.Base(layer.Annotations[ocispec.AnnotationTitle]); title != "." && title != "/" {
		name = title
	}
	if err := into.room(layer.Size); err != nil {
		return register.File{}, fmt.Errorf("%s: %w", name, err)
	}
	body, err := from.Fetch(ctx, layer)
	if err != nil {
		return register.File{}, fmt.Errorf("fetch %s: %w", name, withoutQuery(err))
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	verified := content.NewVerifyReader(body, layer)
	file, _, err := into.save(name, verified)
	if err != nil {
		return register.File{}, err
	}
	if err := verified.Verify(); err != nil {
		return register.File{}, fmt.Errorf("%w: %s: %w", ErrChecksum, name, err)
	}
	return file, nil
}
