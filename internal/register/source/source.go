// Package source fetches the files of a register: from a folder, over HTTPS or
// from an OCI registry.
//
// Where a register is comes from an object in the cluster, so what may be
// fetched is narrow: files below one folder and never out of it, https and never
// http, and no connection to a link-local address, where clouds keep the
// credentials of machines. Sizes, times and redirects are bounded, and messages
// repeat neither what was fetched nor the query of a URL.
package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/domicile-dev/domicile/internal/register"
)

// Spec says where the files of a register are. Exactly one of Paths, URLs and
// Reference is set.
type Spec struct {
	// Paths are slash-separated, relative to the folder for registers, and may
	// be patterns as path.Match reads them.
	Paths []string
	// URLs are https.
	URLs []string
	// Reference is an artifact in an OCI registry, by tag or digest.
	Reference string
	// Checksum is "sha256:" and 64 hexadecimal digits, or empty: that of the one
	// file, or of the artifact's manifest.
	Checksum string
}

// Options are what all registers have in common.
type Options struct {
	// Folder is where Paths begin; empty if there is none.
	Folder string
	// CAFile has certificates in PEM that are trusted besides the system's;
	// empty for none.
	CAFile string
	// RegistryConfig is a Docker config file with credentials for OCI
	// registries, read at every fetch; empty for none.
	RegistryConfig string
	// UserAgent is what servers are told.
	UserAgent string
	// Stalled is how long a server may be silent in the middle of an answer; 0
	// is a minute.
	Stalled time.Duration
}

// Request asks for the files of one register.
type Request struct {
	Spec
	// Version is what the last Result was, or empty to fetch in any case.
	Version string
	// Folder is an empty folder for downloads.
	Folder string
	// MaxBytes bounds all downloads together.
	MaxBytes int64
}

// Result is the files of a register. They may be opened until Close, and as long
// as the Folder of the request is there.
type Result struct {
	// Unchanged says that the source still has what Version said; there are no
	// Files then.
	Unchanged bool
	// Version identifies what was fetched, for the next Request.
	Version string
	Files   []register.File

	close func() error
}

// Close ends the use of the files.
func (r *Result) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// ErrChecksum is wrapped by errors that say that data is not what the checksum
// says.
var ErrChecksum = errors.New("the checksum does not match")

func mismatch(name, want, got string) error {
	return fmt.Errorf("%w: %s is %s, not %s", ErrChecksum, name, got, want)
}

// Fetcher fetches registers. It is safe for concurrent use.
type Fetcher struct {
	options Options
	client  *http.Client
}

// New makes a Fetcher. Proxies are taken from the environment: HTTPS_PROXY and
// NO_PROXY.
func New(o Options) (*Fetcher, error) {
	client, err := newClient(o)
	if err != nil {
		return nil, err
	}
	return &Fetcher{options: o, client: client}, nil
}

// Fetch fetches the files of one register, or finds that they are unchanged.
func (f *Fetcher) Fetch(ctx context.Context, r Request) (*Result, error) {
	switch {
	case len(r.Paths) > 0:
		return f.files(ctx, r)
	case len(r.URLs) > 0:
		return f.downloads(ctx, r)
	case r.Reference != "":
		return f.artifact(ctx, r)
	default:
		return nil, errors.New("the register has no source")
	}
}
