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

var replicaFaults = []fault{
	{name: "kill", what: "each replica in turn ends by SIGKILL, the one that serves among them, and is started again two seconds later", quick: true, do: killEach},
	{name: "stop", what: "each replica in turn is stopped for 15 seconds (SIGSTOP) and goes on (SIGCONT)", do: stopEach},
	{name: "cut-off", what: "each replica in turn is cut off from the API server for 20 seconds, with its connections open, and healed", do: func(ctx context.Context, s *scene) (string, error) {
		return "", cut(ctx, s, s.manager.Replicas())
	}},
	{name: "cut-off-one", what: "the same for one replica", quick: true, do: func(ctx context.Context, s *scene) (string, error) { return "", cut(ctx, s, 1) }},
	{name: "roll", what: "a rolling upgrade of all replicas", quick: true, all: true, do: roll},
	{name: "leader", what: "the leader ends by SIGKILL right after its 1st, 2nd, … 6th write for a policy that changes", do: killLeader},
}

func killEach(ctx context.Context, s *scene) (string, error) {
	for i := range s.manager.Replicas() {
		s.manager.KillReplica(i)
		wait(ctx, 2*time.Second)
		if err := s.mends(ctx); err != nil {
			return "", err
		}
	}
	return "", nil
}

func stopEach(ctx context.Context, s *scene) (string, error) {
	for i := range s.manager.Replicas() {
		pid := s.manager.PID(i)
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return "", err
		}
		wait(ctx, 15*time.Second)
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			return "", err
		}
		// What waited for it is answered now, from the world that it knew.
		wait(ctx, 3*time.Second)
		if err := s.mends(ctx); err != nil { // a leader that was stopped ends by itself
			return "", err
		}
	}
	return "", nil
}

func cut(ctx context.Context, s *scene, replicas int) error {
	for i := range replicas {
		s.manager.Cut(i)
		for _, subject := range s.subjects[2*steady : 2*steady+flippers] { // it does not learn of these
			s.flip(ctx, subject)
		}
		wait(ctx, 20*time.Second)
		s.manager.Heal(i)
		if err := s.mends(ctx); err != nil { // a leader that was cut off ends by itself
			return err
		}
	}
	return nil
}

// upgrade changes the chart's values, and waits until the Deployment has new Pods.
func (s *scene) upgrade(ctx context.Context, values ...string) error {
	s.rounds++
	values = append(append(s.values[:len(s.values):len(s.values)], values...), fmt.Sprintf("podAnnotations.example\\.com/round=r%d", s.rounds))
	if err := s.InstallChart(ctx, systemNamespace, values...); err != nil {
		return err
	}
	r, err := s.Kubectl(ctx, "", "--namespace="+systemNamespace, "rollout", "status", "deployment/domicile", "--timeout=2m")
	if err == nil && r.Code != 0 {
		err = errors.New(r.Stdout + r.Stderr)
	}
	return err
}

func roll(ctx context.Context, s *scene) (string, error) {
	if err := s.upgrade(ctx); err != nil {
		return "", err
	}
	return "", s.manager.Roll(ctx, systemNamespace, "domicile")
}

// killLeader ends the leader after the first of its writes, then after two, and so on.
// Whoever leads next has to finish what it has begun.
func killLeader(ctx context.Context, s *scene) (string, error) {
	for n := 1; n <= 6; n++ {
		leader, err := s.leader(ctx)
		if err != nil {
			return "", err
		}
		_, from, err := s.AuditEventsFrom(-1, nil)
		if err != nil {
			return "", err
		}
		// Belarus comes and goes: nobody is there, and all has to be looked at again.
		places := [...]string{`["CN","KP"]`, `["CN","KP","BY"]`}[n%2]
		if err := s.patch(ctx, `{apiVersion: domicile.dev/v1alpha1, kind: TenantPolicy, metadata: {name: blocked}}`, `{"spec":{"jurisdictions":{"blocked":`+places+`}}}`); err != nil {
			return "", err
		}
		written := 0
		if err := cluster.Poll(ctx, fmt.Sprintf("%d writes of the leader", n), func(context.Context) (bool, error) {
			events, next, err := s.AuditEventsFrom(from, isWrite)
			from, written = next, written+len(events)
			return written >= n, err
		}); err != nil {
			return "", err
		}
		s.manager.KillReplica(leader)
		// Another one has to lead first, without it.
		if err := cluster.Poll(ctx, "another leader", func(context.Context) (bool, error) {
			next, err := s.manager.Leader()
			return next != leader, err
		}); err != nil {
			return "", err
		}
		if err := s.mends(ctx); err != nil {
			return "", err
		}
	}
	return "", s.finished(ctx)
}

// leader is the replica that leads, once there is one that runs.
func (s *scene) leader(ctx context.Context) (leader int, err error) {
	err = cluster.Poll(ctx, "a leader", func(context.Context) (bool, error) {
		var err error
		leader, err = s.manager.Leader()
		return leader >= 0 && s.manager.Running(leader), err
	})
	return leader, err
}

// isWrite says whether an event is a write that only the leader makes, other than to lead.
func isWrite(e *cluster.AuditEvent) bool {
	verbs := map[string]bool{"create": true, "update": true, "patch": true, "delete": true}
	return e.User.Username == "system:serviceaccount:"+systemNamespace+":domicile" && verbs[e.Verb] &&
		e.ObjectRef.APIGroup == "domicile.dev" && e.ObjectRef.Subresource == "status"
}

// finished waits until the status of every tenant that does not change hands says what is so.
func (s *scene) finished(ctx context.Context) error {
	return cluster.Poll(ctx, "every status", func(ctx context.Context) (bool, error) {
		for _, subject := range s.subjects[:2*steady] {
			tenant := object(`{apiVersion: domicile.dev/v1alpha1, kind: Tenant, metadata: {name: %s}}`, subject.name)
			if err := s.client.Get(ctx, client.ObjectKeyFromObject(tenant), tenant); err != nil {
				return false, err
			}
			_, restricted := subject.possible(time.Now(), time.Now())
			text, err := tenant.MarshalJSON()
			want := map[bool]string{true: `"verdict":"Restricted"`, false: `"verdict":"Clear"`}[restricted]
			if err != nil || !strings.Contains(string(text), want) {
				return false, fmt.Errorf("%s is not %s: %w", subject.name, want, err)
			}
		}
		return true, nil
	})
}
