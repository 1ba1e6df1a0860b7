package faults

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/domicile-dev/domicile/test/rig/cluster"
)

var configurationFaults = []fault{
	{name: "configuration", what: "somebody deletes the webhook configuration, three times", do: func(ctx context.Context, s *scene) (string, error) {
		return deleteConfiguration(ctx, s, 3)
	}},
	{name: "configuration-no-leader", what: "the leader ends by SIGKILL, and then somebody deletes the webhook configuration", do: withoutLeader},
	{name: "configuration-mirror", what: "the same as `configuration`, with the mirror", before: mirrors(true), do: func(ctx context.Context, s *scene) (string, error) {
		note, err := deleteConfiguration(ctx, s, 3)
		if err == nil {
			err = mirrors(false)(ctx, s)
		}
		return note, err
	}},
}

const configuration = `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: domicile}}`

// deleteConfiguration deletes it some times, and says how long nobody was asked: about every
// request that was sent later somebody was. What is admitted meanwhile is counted by itself:
// the API server admits it, and the audit finds it.
func deleteConfiguration(ctx context.Context, s *scene, times int) (string, error) {
	var longest, until time.Duration
	for range times {
		s.asked.Store(false)
		before := object(configuration)
		if err := s.client.Get(ctx, client.ObjectKeyFromObject(before), before); err != nil {
			return "", err
		}
		began := time.Now()
		if err := s.client.Delete(ctx, object(configuration)); err != nil {
			return "", err
		}
		var back, sent time.Time
		if err := cluster.Poll(ctx, "the API server to ask again", func(ctx context.Context) (bool, error) {
			if o := object(configuration); back.IsZero() {
				err := s.client.Get(ctx, client.ObjectKeyFromObject(o), o)
				if err != nil || o.GetUID() == before.GetUID() {
					return false, err
				}
				back = time.Now()
			}
			sent = time.Now()
			err := s.client.Create(ctx, s.lookAlike(), client.DryRunAll)
			return read(err) == strange, err
		}); err != nil {
			return "", err
		}
		if sent.Sub(began) > longest {
			longest, until = sent.Sub(began), back.Sub(began)
		}
		s.asked.Store(true)
		wait(ctx, 3*time.Second)
	}
	return fmt.Sprintf("nobody was asked for %d ms at most, of which it was not there for %d", longest.Milliseconds(), until.Milliseconds()), nil
}

// lookAlike is a Pod that nobody but the webhook refuses: the mirror knows only who is restricted.
func (s *scene) lookAlike() *unstructured.Unstructured {
	return object(`{apiVersion: v1, kind: Pod, metadata: {name: probe, namespace: %s, annotations: {domicile.dev/tenants: x}}, spec: %s}`, s.subjects[1].name, podSpec)
}

func withoutLeader(ctx context.Context, s *scene) (string, error) {
	leader, err := s.leader(ctx)
	if err != nil {
		return "", err
	}
	s.manager.KillReplica(leader)
	return deleteConfiguration(ctx, s, 1)
}

// mirrors switches the mirror, and gives it time.
func mirrors(on bool) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		err := s.mirrors(ctx, on)
		wait(ctx, 15*time.Second)
		return err
	}
}

func (s *scene) mirrors(ctx context.Context, on bool) error {
	if err := s.upgrade(ctx, fmt.Sprintf("mirror.enabled=%t", on)); err != nil {
		return err
	}
	return s.manager.Roll(ctx, systemNamespace, "domicile")
}
