package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// folder is the data folder of a control plane. What it holds is listed here,
// and nothing else in it is ever removed.
type folder string

// upPID is the pid file of the process that looks after the others. Whoever
// holds the lock on it owns the folder.
const upPID = "up.pid"

// adminKubeconfig gives every right on the API server.
const adminKubeconfig = "admin.kubeconfig"

// contents are the entries of a data folder, upPID last: a folder without it
// is not ours.
var contents = []string{adminKubeconfig, "config", "etcd", "log", "pki", "run", upPID}

func (f folder) path(elem ...string) string {
	return filepath.Join(append([]string{string(f)}, elem...)...)
}

// claim makes the folder ours: it creates it, or empties what an earlier
// control plane left. The lock is held until it is closed or the process ends.
// Created says whether there was no such folder.
func (f folder) claim() (lock *os.File, created bool, err error) {
	entries, err := os.ReadDir(string(f))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		created = true
		if err := os.MkdirAll(string(f), 0o700); err != nil {
			return nil, false, err
		}
	case err != nil:
		return nil, false, err
	case len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == upPID }):
		return nil, false, fmt.Errorf("%s has files that are not a control plane's; name an empty folder or one that does not exist", f)
	}
	lock, err = lockPID(f.path(upPID), os.Getpid())
	if err != nil {
		return nil, created, err
	}
	for _, name := range contents[:len(contents)-1] {
		if err := os.RemoveAll(f.path(name)); err != nil {
			return nil, created, errors.Join(err, lock.Close())
		}
	}
	for _, name := range []string{"config", "log", "pki", "run"} {
		if err := os.Mkdir(f.path(name), 0o700); err != nil {
			return nil, created, errors.Join(err, lock.Close())
		}
	}
	return lock, created, nil
}

// remove removes what a control plane wrote, and the folder itself if asked
// to and if nothing else is in it.
func (f folder) remove(itself bool) error {
	for _, name := range contents {
		if err := os.RemoveAll(f.path(name)); err != nil {
			return err
		}
	}
	if !itself {
		return nil
	}
	if rest, err := os.ReadDir(string(f)); err != nil || len(rest) > 0 {
		return err
	}
	return os.Remove(string(f))
}
