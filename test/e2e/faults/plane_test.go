package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	{name: "api-servers", what: "of two API servers, to which clients and replicas connect alike, with the mirror, one ends by SIGKILL and starts again ten seconds later", before: secondServer, do: killSecond},
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
	return mirrors(true)(ctx, s)
}

// killSecond ends the second API server, and has everybody notice.
func killSecond(ctx context.Context, s *scene) (string, error) {
	if err := errors.Join(s.mirrorSays(ctx, "2 of 2 API servers refuse"), s.eachRefuses(ctx)); err != nil {
		return "", err
	}
	s.other.Kill()
	if err := s.mirrorSays(ctx, "1 of 2 API servers refuse", "does not answer"); err != nil {
		return "", err
	}
	wait(ctx, 10*time.Second)
	if err := s.other.StartAgain(ctx); err != nil {
		return "", err
	}
	began := time.Now()
	if err := errors.Join(s.mirrorSays(ctx, "2 of 2 API servers refuse"), s.eachRefuses(ctx)); err != nil {
		return "", err
	}
	note := fmt.Sprintf("the mirror was seen at both again after %.0f s", time.Since(began).Seconds())
	s.second.Store(nil)
	return note, errors.Join(s.mends(ctx), mirrors(false)(ctx, s))
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
