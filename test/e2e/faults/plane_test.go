package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

var planeFaults = []fault{
	{name: "api-server", what: "the API server ends by SIGKILL and starts again, twice", do: func(ctx context.Context, s *scene) (string, error) {
		return "", s.restart(ctx, "kube-apiserver")
	}},
	{name: "etcd", what: "etcd ends by SIGKILL and starts again, twice", do: func(ctx context.Context, s *scene) (string, error) {
		return "", s.restart(ctx, "etcd")
	}},
	{name: "api-servers", what: "of two API servers, to which clients and replicas connect alike, with the mirror, one ends by SIGKILL and starts again ten seconds later, and then is stopped for 15 seconds (SIGSTOP)", before: secondServer, do: breakSecond},
}

// restart has a component of the control plane end and start again, twice.
func (s *scene) restart(ctx context.Context, component string) error {
	for range 2 {
		if err := s.KillComponent(component); err != nil {
			return err
		}
		// Whoever leads may lose its lease and end.
		wait(ctx, 10*time.Second)
		if err := cluster.Poll(ctx, "the API server to be ready", func(ctx context.Context) (bool, error) {
			list := object(`{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}`)
			err := s.client.Get(ctx, client.ObjectKeyFromObject(list), list)
			return err == nil, err
		}); err != nil {
			return err
		}
		if err := s.mends(ctx); err != nil {
			return err
		}
	}
	return nil
}

// secondServer starts a second API server, the mirror, and replicas that connect to either.
func secondServer(ctx context.Context, s *scene) (err error) {
	if s.other, err = s.AnotherAPIServer(ctx); err != nil {
		return err
	}
	if err := s.other.Announce(ctx); err != nil {
		return err
	}
	second, err := client.New(impatient(s.other.Config()), client.Options{})
	if err != nil {
		return err
	}
	s.second.Store(&second)
	return s.mirrors(ctx, true)
}

// breakSecond ends the second API server, and then has it hang. Everybody notices.
func breakSecond(ctx context.Context, s *scene) (string, error) {
	back := time.Duration(0)
	for _, breaks := range []struct{ away, again func() error }{
		{func() error { s.other.Kill(); return nil }, func() error { return s.other.StartAgain(ctx) }},
		{func() error { return s.other.Signal(syscall.SIGSTOP) }, func() error { return s.other.Signal(syscall.SIGCONT) }},
	} {
		if err := errors.Join(s.mirrorSays(ctx, "2 of 2 API servers refuse"), s.eachRefuses(ctx), breaks.away()); err != nil {
			return "", err
		}
		noticed := s.mirrorSays(ctx, "1 of 2 API servers refuse", "does not answer")
		wait(ctx, 10*time.Second)
		if err := errors.Join(noticed, breaks.again()); err != nil {
			return "", err
		}
		began := time.Now()
		if err := errors.Join(s.mirrorSays(ctx, "2 of 2 API servers refuse"), s.mends(ctx), s.eachRefuses(ctx)); err != nil {
			return "", err
		}
		back = max(back, time.Since(began))
	}
	s.second.Store(nil)
	return fmt.Sprintf("all was as before %.0f s later at most", back.Seconds()), s.mirrors(ctx, false)
}

// mirrorSays waits until the policy says all of this of its mirror.
func (s *scene) mirrorSays(ctx context.Context, texts ...string) error {
	return cluster.Poll(ctx, fmt.Sprintf("the mirror to say %q", texts), func(ctx context.Context) (bool, error) {
		policy := object(`{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: blocked}}`)
		if err := s.client.Get(ctx, client.ObjectKeyFromObject(policy), policy); err != nil {
			return false, err
		}
		_, said := conditionOf(policy, "Mirrored")
		for _, text := range texts {
			if !strings.Contains(said, text) {
				return false, fmt.Errorf("it says %q", said)
			}
		}
		return true, nil
	})
}

// eachRefuses tries a restricted tenant's Deployment, and what only the webhook refuses, at
// each API server.
func (s *scene) eachRefuses(ctx context.Context) error {
	var errs []error
	for name, through := range map[string]client.Client{"first": s.client, "second": *s.second.Load()} {
		if err := createsThrough(ctx, through, s.subjects[0], "Deployment"); read(err) != mirrored {
			errs = append(errs, fmt.Errorf("the mirror at the %s API server answers: %w", name, err))
		}
		if err := through.Create(ctx, s.lookAlike(), client.DryRunAll); read(err) != strange {
			errs = append(errs, fmt.Errorf("the webhook at the %s API server answers: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
