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

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var resourceFaults = []fault{
	{name: "memory", what: "16 clients at a time send Jobs of a megabyte, of which a review is twelve", do: large},
	{name: "disk", what: "the disk below the cache of registers is full on each replica, and the register changes", before: smallDisks, do: fullDisks},
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
	if os.Geteuid() != 0 {
		return errors.New("only root can make a small disk")
	}
	for i := range s.manager.Replicas() {
		if err := s.manager.StopReplica(i); err != nil {
			return err
		}
		folder := s.manager.Volume(i, cache)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		if err := syscall.Mount("domicile", folder, "tmpfs", 0, "size=2m"); err != nil {
			return fmt.Errorf("make a small disk: %w", err)
		}
		if err := s.manager.StartReplica(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// fullDisks fills the disks, changes the register, and makes room again.
func fullDisks(ctx context.Context, s *scene) (string, error) {
	var folders []string
	for i := range s.manager.Replicas() {
		folders = append(folders, s.manager.Volume(i, cache))
	}
	defer func() {
		for _, folder := range folders {
			syscall.Unmount(folder, syscall.MNT_DETACH) //nolint:errcheck // the cluster tells what it cannot remove
		}
	}()
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
	conditions, _, err := unstructured.NestedSlice(register.Object, "status", "conditions")
	if err != nil || len(conditions) == 0 {
		return "", fmt.Errorf("the register says nothing: %w", err)
	}
	condition, _ := conditions[0].(map[string]any)
	return fmt.Sprint(condition["reason"]), nil
}
