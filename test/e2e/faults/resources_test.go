package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

var resourceFaults = []fault{
	{name: "memory", what: "16 clients at a time send Jobs of a megabyte, of which a review is twelve", do: large},
	{name: "disk", what: "the disk below the cache of registers is full on each replica, and the register changes", before: smallDisks, do: fullDisks},
	{name: "disk-at-start", what: "the disk below the cache of registers is full when each replica starts anew, and has room later; policies deny what is Indeterminate", before: denyUnknown, do: fullAtStart},
}

// memoryLimit is resources.limits.memory of the chart.
const memoryLimit = 512 << 20

// large sends what is large, and says how much memory a replica has taken at most.
func large(ctx context.Context, s *scene) (string, error) {
	lasting, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	// As it is: a client would write each "<" as six bytes itself.
	const job = `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"large"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"example.org/c:1","args":["%s"]}]}}}}`
	body := fmt.Appendf(nil, job, bytes.Repeat([]byte("<"), 1_000_000))
	var work sync.WaitGroup
	for n := range 16 {
		work.Go(func() {
			for lasting.Err() == nil {
				subject := s.subjects[n%steady]
				s.rest.Post().AbsPath("/apis/batch/v1/namespaces/"+subject.name+"/jobs").Param("dryRun", "All").SetHeader("Content-Type", "application/json").Body(body).Do(lasting) // what they are told does not matter
			}
		})
	}
	work.Wait()
	most := int64(0)
	for i := range s.manager.Replicas() {
		peak, err := peakMemory(s.manager.PID(i))
		if err != nil {
			return "", err
		}
		most = max(most, peak)
	}
	if most > memoryLimit {
		return "", fmt.Errorf("a replica took %d MiB of memory, and would have been killed", most>>20)
	}
	return fmt.Sprintf("no replica took more than %d MiB of the %d MiB that it may", most>>20, memoryLimit>>20), nil
}

// peakMemory is the most memory that a process has ever taken.
func peakMemory(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseInt(kilobytes, 10, 64)
	return n << 10, err
}

// cache is the emptyDir of the chart that registers are kept on.
const cache = "register-cache"

// smallDisks gives each replica a disk of its own for the cache of registers.
func smallDisks(ctx context.Context, s *scene) error {
	return s.onSmallDisks(ctx, func(string) error { return nil })
}

// onSmallDisks starts each replica anew, on a small disk with something on it.
func (s *scene) onSmallDisks(ctx context.Context, put func(folder string) error) error {
	if os.Geteuid() != 0 {
		return errors.New("only root can make a small disk")
	}
	for i := range s.manager.Replicas() {
		if err := s.manager.StopReplica(i); err != nil {
			return err
		}
		folder := s.manager.Volume(i, cache)
		if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700)); err != nil {
			return err
		}
		if err := syscall.Mount("domicile", folder, "tmpfs", 0, "size=2m,nr_inodes=100"); err != nil {
			return fmt.Errorf("make a small disk: %w", err)
		}
		if err := errors.Join(put(folder), s.manager.StartReplica(ctx, i)); err != nil {
			return err
		}
	}
	return nil
}

// removeSmallDisks leaves what is below them.
func (s *scene) removeSmallDisks() {
	for i := range s.manager.Replicas() {
		syscall.Unmount(s.manager.Volume(i, cache), syscall.MNT_DETACH) //nolint:errcheck // the cluster tells what it cannot remove
	}
}

// denyUnknown makes the policy refuse whom nobody can know.
func denyUnknown(ctx context.Context, s *scene) error { return s.setIndeterminate(ctx, "Deny") }

func (s *scene) setIndeterminate(ctx context.Context, action string) error {
	return s.patch(ctx, `{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: blocked}}`,
		fmt.Sprintf(`{"spec":{"enforcement":{"indeterminate":%q}}}`, action))
}

// fullAtStart starts each replica with a disk on which not even a folder can be made. Each is
// ready, knows that it does not know who is Clear, and learns it when there is room.
func fullAtStart(ctx context.Context, s *scene) (string, error) {
	defer s.removeSmallDisks()
	var folders []string
	if err := s.onSmallDisks(ctx, func(folder string) error {
		folders = append(folders, folder)
		return fillAll(filepath.Join(folder, "filler"))
	}); err != nil {
		return "", err
	}
	if err := s.registerBecomes(ctx, "FetchFailed"); err != nil {
		return "", err
	}
	for _, subject := range s.steadyOnes() {
		want := unknown
		if _, restricted := subject.possible(time.Now(), time.Now()); restricted && subject.places[0] != "" {
			want = refused // objects say so
		}
		if err := s.creates(ctx, subject, "Deployment"); read(err) != want {
			return "", fmt.Errorf("without the register, %s is answered: %w", subject.name, err)
		}
	}
	for _, folder := range folders {
		if err := os.RemoveAll(filepath.Join(folder, "filler")); err != nil {
			return "", err
		}
	}
	began := time.Now()
	if err := s.registerBecomes(ctx, "Loaded"); err != nil {
		return "", err
	}
	// Each replica tries again by itself.
	defer s.manager.Only(-1)
	for i := range s.manager.Replicas() {
		s.manager.Only(i)
		if err := s.isKnown(ctx, s.steadyOnes()); err != nil {
			return "", err
		}
	}
	note := fmt.Sprintf("each knew all again %.0f s after there was room", time.Since(began).Seconds())
	return note, s.setIndeterminate(ctx, "Warn")
}

// fillAll takes all room, and then every file that there can be.
func fillAll(folder string) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if err := fill(filepath.Join(folder, "room")); err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := os.Mkdir(filepath.Join(folder, strconv.Itoa(i)), 0o700); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// registerBecomes waits until the register has a reason.
func (s *scene) registerBecomes(ctx context.Context, reason string) error {
	return cluster.Poll(ctx, "the register to say "+reason, func(ctx context.Context) (bool, error) {
		said, err := s.registerSays(ctx)
		return said == reason, errors.Join(err, fmt.Errorf("it says %s", said))
	})
}

// fullDisks fills the disks, changes the register, and makes room again.
func fullDisks(ctx context.Context, s *scene) (string, error) {
	var folders []string
	for i := range s.manager.Replicas() {
		folders = append(folders, s.manager.Volume(i, cache))
	}
	defer s.removeSmallDisks()
	for _, folder := range folders {
		if err := fill(filepath.Join(folder, "filler")); err != nil {
			return "", err
		}
	}
	if err := s.writeRegister("Other"); err != nil {
		return "", err
	}
	wait(ctx, 25*time.Second) // an interval of the register, and more
	said, err := s.registerSays(ctx)
	if err != nil {
		return "", err
	}
	for _, folder := range folders {
		if err := os.Remove(filepath.Join(folder, "filler")); err != nil {
			return "", err
		}
	}
	wait(ctx, 15*time.Second)
	return "meanwhile the register said " + said, nil
}

// fill writes a file until there is no room.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// registerSays is the reason of the register's state.
func (s *scene) registerSays(ctx context.Context) (string, error) {
	register := object(`{apiVersion: domicile.dev/v1alpha1, kind: OwnershipRegister, metadata: {name: works}}`)
	if err := s.client.Get(ctx, client.ObjectKeyFromObject(register), register); err != nil {
		return "", err
	}
	reason, _ := conditionOf(register, "Ready")
	return reason, nil
}
