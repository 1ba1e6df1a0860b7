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
	events, _, err := c.AuditEventsFrom(0, match)
	return events, err
}

// AuditEventsFrom reads the events from an offset of the audit log on, and returns the
// offset to go on from. A negative offset is the end: nothing is read.
func (c *Cluster) AuditEventsFrom(offset int64, match func(*AuditEvent) bool) ([]AuditEvent, int64, error) {
	if c.existing {
		return nil, 0, errors.New("the audit log of a cluster that existed before is not known")
	}
	f, err := os.Open(filepath.Join(c.data, "log", "audit.log"))
	if err != nil {
		return nil, 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	whence := io.SeekStart
	if offset < 0 {
		offset, whence = 0, io.SeekEnd
	}
	start, err := f.Seek(offset, whence)
	if err != nil || whence == io.SeekEnd {
		return nil, start, err
	}
	events, n, err := readAudit(f, match)
	return events, start + n, err
}

// WaitForAudit waits until at least one event matches.
func (c *Cluster) WaitForAudit(ctx context.Context, what string, match func(*AuditEvent) bool) (events []AuditEvent, err error) {
	err = Poll(ctx, "the audit event of "+what, func(context.Context) (bool, error) {
		events, err = c.AuditEvents(match)
		return len(events) > 0, err
	})
	return events, err
}

// readAudit reads whole lines, and says how many bytes they have; the last one may still
// be being written.
func readAudit(r io.Reader, match func(*AuditEvent) bool) (events []AuditEvent, n int64, err error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return events, n, nil
		}
		if err != nil {
			return events, n, err
		}
		n += int64(len(line))
		var e AuditEvent
		if err := json.Unmarshal(bytes.TrimSpace(line), &e); err != nil {
			return events, n, fmt.Errorf("audit log: %w", err)
		}
		if match(&e) {
			events = append(events, e)
		}
	}
}
