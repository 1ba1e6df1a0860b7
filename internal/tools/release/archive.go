package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// archive packs files by their base names, owned by nobody and as old as it is told.
func archive(out, at string, files []string) (err error) {
	when, err := unix(at)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	if strings.HasSuffix(out, ".zip") {
		return zipTo(f, when, files)
	}
	return tarTo(f, when, files)
}

func unix(at string) (time.Time, error) {
	seconds, err := strconv.ParseInt(at, 10, 64)
	return time.Unix(seconds, 0).UTC(), err
}

// mode is that of a program or of a text: what the file system says depends on umask.
func mode(path string) int64 {
	if filepath.Ext(path) == "" && filepath.Base(path) != "LICENSE" || filepath.Ext(path) == ".exe" {
		return 0o755
	}
	return 0o644
}

func tarTo(out io.Writer, when time.Time, files []string) error {
	gz := gzip.NewWriter(out)
	w := tar.NewWriter(gz)
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: filepath.Base(path), Mode: mode(path), Size: int64(len(data)), ModTime: when, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), gz.Close())
}

func zipTo(out io.Writer, when time.Time, files []string) error {
	w := zip.NewWriter(out)
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: filepath.Base(path), Method: zip.Deflate, Modified: when}
		header.SetMode(os.FileMode(mode(path)))
		file, err := w.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(data); err != nil {
			return err
		}
	}
	return w.Close()
}
