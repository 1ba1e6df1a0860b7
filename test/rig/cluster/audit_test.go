package cluster

import (
	"strings"
	"testing"
)

func TestReadAuditReadsWholeLinesThatMatch(t *testing.T) {
	const log = `{"auditID":"1","verb":"create","objectRef":{"resource":"pods"},"annotations":{"w/k":"v"}}
{"auditID":"2","verb":"get"}
{"auditID":"3","verb":"create","obj`
	events, n, err := readAudit(strings.NewReader(log), func(e *AuditEvent) bool { return e.Verb == "create" })
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.LastIndex(log, "\n") + 1; n != int64(want) {
		t.Errorf("%d bytes are read of %d in whole lines", n, want)
	}
	if len(events) != 1 || events[0].AuditID != "1" || events[0].ObjectRef.Resource != "pods" || events[0].Annotations["w/k"] != "v" {
		t.Errorf("events: %+v", events)
	}
}
