package source

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"

	"github.com/domicile-dev/domicile/internal/register"
)

// validator is what a server calls the version of a file.
type validator struct {
	ETag         string `json:",omitempty"`
	LastModified string `json:",omitempty"`
}

func (v validator) empty() bool { return v == validator{} }

// downloads asks for every URL whether it has changed. If one has, all are
// needed: those that have not are fetched again, rather than kept twice.
func (f *Fetcher) downloads(ctx context.Context, r Request) (*Result, error) {
	known := make([]validator, len(r.URLs))
	if r.Version != "" {
		if err := json.Unmarshal([]byte(r.Version), &known); err != nil || len(known) != len(r.URLs) {
			known = make([]validator, len(r.URLs))
		}
	}
	into, files := newFolder(r), make([]register.File, len(r.URLs))
	versions := make([]validator, len(r.URLs))
	changed := 0
	for i, u := range r.URLs {
		var err error
		var same bool
		if files[i], versions[i], same, err = f.download(ctx, u, known[i], r.Checksum, into); err != nil {
			return nil, err
		}
		if !same {
			changed++
		}
	}
	if changed == 0 {
		return &Result{Unchanged: true, Version: r.Version}, nil
	}
	for i, u := range r.URLs {
		if files[i].Open != nil {
			continue
		}
		var err error
		if files[i], versions[i], _, err = f.download(ctx, u, validator{}, r.Checksum, into); err != nil {
			return nil, err
		}
	}
	version, err := json.Marshal(versions)
	if err != nil {
		return nil, fmt.Errorf("note the version: %w", err)
	}
	return &Result{Version: string(version), Files: files}, nil
}

// download fetches a file, or finds that it is the same as what is known.
func (f *Fetcher) download(ctx context.Context, address string, known validator, checksum string, into *folder) (_ register.File, _ validator, same bool, _ error) {
	u, err := url.Parse(address)
	if err != nil {
		return register.File{}, validator{}, false, fmt.Errorf("not a URL: %w", withoutQuery(err))
	}
	resp, err := f.get(ctx, u, known)
	if err != nil {
		return register.File{}, validator{}, false, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && !known.empty():
		return register.File{}, known, true, nil
	case resp.StatusCode != http.StatusOK:
		return register.File{}, validator{}, false, fmt.Errorf("%s answers %s", shown(resp.Request.URL), http.StatusText(resp.StatusCode))
	}
	if err := into.room(resp.ContentLength); err != nil {
		return register.File{}, validator{}, false, fmt.Errorf("%s: %w", shown(u), err)
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" {
		name = u.Host
	}
	file, got, err := into.save(name, resp.Body)
	if err == nil && checksum != "" && checksum != got {
		err = mismatch(file.Name, checksum, got)
	}
	if err != nil {
		return register.File{}, validator{}, false, err
	}
	return file, validator{ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified")}, false, nil
}

func (f *Fetcher) get(ctx context.Context, u *url.URL, known validator) (*http.Response, error) {
	// No body at all: with http.NoBody the request would not be sent again.
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", shown(u), withoutQuery(err))
	}
	if known.ETag != "" {
		req.Header.Set("If-None-Match", known.ETag)
	}
	if known.LastModified != "" {
		req.Header.Set("If-Modified-Since", known.LastModified)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, withoutQuery(err)
	}
	return resp, nil
}
