package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// AuditEvent is what tests read of an event of audit.k8s.io/v1.
type AuditEvent struct {
	AuditID    string `json:"auditID"`
	Stage      string `json:"stage"`
	RequestURI string `json:"requestURI"`
	Verb       string `json:"verb"`
	User       struct {
		Username string   `json:"username"`
		Groups   []string `json:"groups"`
	} `json:"user"`
	ImpersonatedUser *struct {
		Username string `json:"username"`
	} `json:"impersonatedUser"`
	ObjectRef struct {
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		APIGroup    string `json:"apiGroup"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	ResponseStatus struct {
		Code   int    `json:"code"`
		Reason string `json:"reason"`
	} `json:"responseStatus"`
	// Annotations of a webhook have keys NAME-OF-THE-WEBHOOK/KEY.
	Annotations map[string]string `json:"annotations"`
}

// AuditEvents reads the events of the API server's audit log that match. An
// event is written when the request ends, which may be just after the client has
// its answer: WaitForAudit waits for it.
func (c *Cluster) AuditEvents(match func(*AuditEvent) bool) ([]AuditEvent, error) {
	if c.existing {
		return nil, errors.New("the audit log of a cluster that existed before is not known")
	}
	f, err := os.Open(filepath.Join(c.data, "log", "audit.log"))
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return readAudit(f, match)
}

// WaitForAudit waits until at least one event matches.
func (c *Cluster) WaitForAudit(ctx context.Context, what string, match func(*AuditEvent) bool) (events []AuditEvent, err error) {
	err = Poll(ctx, "the audit event of "+what, func(context.Context) (bool, error) {
		events, err = c.AuditEvents(match)
		return len(events) > 0, err
	})
	return events, err
}

// readAudit reads whole lines; the last one may still be being written.
func readAudit(r io.Reader, match func(*AuditEvent) bool) ([]AuditEvent, error) {
	var events []AuditEvent
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		var e AuditEvent
		if err := json.Unmarshal(bytes.TrimSpace(line), &e); err != nil {
			return events, fmt.Errorf("audit log: %w", err)
		}
		if match(&e) {
			events = append(events, e)
		}
	}
}
