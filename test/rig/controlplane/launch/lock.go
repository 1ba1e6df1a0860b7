package launch

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// errLocked says that the process whose pid file it is lives.
var errLocked = errors.New("locked by a living process")

// lockPID creates a pid file and locks it. The lock belongs to the open file,
// so a child that inherits the file holds it, whatever becomes of the parent:
// a pid file tells the truth as long as it is locked, and only then.
func lockPID(path string, pid int) (*os.File, error) {
	f, err := openLocked(path, os.O_CREATE|os.O_RDWR)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("a control plane is running here (process %d): end it with \"controlplane down\"", readPID(path))
	}
	if err != nil {
		return nil, err
	}
	if err := writePID(f, pid); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openLocked opens a file and locks it, or returns errLocked. A file that its
// last owner removed in between counts as locked: whoever asks may ask again.
func openLocked(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errLocked
		}
		return nil, errors.Join(err, f.Close())
	}
	opened, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(opened, there) {
		return nil, errors.Join(errLocked, err, f.Close())
	}
	return f, nil
}

func writePID(f *os.File, pid int) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(strconv.AppendInt(nil, int64(pid), 10), 0)
	return err
}

// readPID is 0 for a file that holds no process id.
func readPID(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}

// living is the process that holds the lock on a pid file, 0 if there is none.
func living(path string) (int, error) {
	f, err := openLocked(path, os.O_RDONLY)
	switch {
	case err == nil:
		return 0, f.Close()
	case errors.Is(err, os.ErrNotExist):
		return 0, nil
	case errors.Is(err, errLocked):
		if pid := readPID(path); pid != 0 {
			return pid, nil
		}
		return 0, fmt.Errorf("%s is locked but holds no process id", path)
	}
	return 0, err
}
