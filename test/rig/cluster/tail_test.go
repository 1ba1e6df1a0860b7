package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTailKeepsErrorsThatWaitingWouldPushOut(t *testing.T) {
	var b strings.Builder
	fmt.Fprintln(&b, `{"level":"error","msg":"namespaces is forbidden","stacktrace":"many lines"}`)
	for range 100 {
		fmt.Fprintln(&b, `{"level":"info","msg":"not ready"}`)
	}
	path := filepath.Join(t.TempDir(), "manager.log")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	text := tail(path)
	if !strings.Contains(text, "namespaces is forbidden") || strings.Contains(text, "many lines") || strings.Count(text, "not ready") != tailLines {
		t.Errorf("tail:\n%s", text)
	}
}
