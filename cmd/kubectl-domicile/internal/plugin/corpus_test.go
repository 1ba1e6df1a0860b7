package plugin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
	"github.com/domicile-dev/domicile/test/decisions"
)

// TestCorpus runs the decision corpus through kubectl domicile check: the
// command line agrees with the core and the webhook, which run the same files.
func TestCorpus(t *testing.T) {
	t.Parallel()
	cases, err := decisions.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			input, err := c.Read()
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			write(t, filepath.Join(folder, "input.yaml"), c.Input)
			for _, file := range c.Files {
				write(t, filepath.Join(folder, file.Name), file.Data)
			}
			args := []string{"kubectl-domicile", "check", "-f", filepath.Join(folder, "input.yaml"), "-o", "json", "--at", c.At.Format(time.RFC3339Nano)}
			for _, name := range input.Data.Missing {
				args = append(args, "--register", name+"=")
			}
			streams, _, out, errOut := genericiooptions.NewTestIOStreams()
			code := plugin.Run(context.Background(), args, streams)

			var got struct {
				Results []decisions.Result `json:"results"`
			}
			decoder := json.NewDecoder(bytes.NewReader(out.Bytes()))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&got); err != nil {
				t.Fatalf("exit code %d, %v in %s\n%s", code, err, out, errOut)
			}
			if diff := decisions.Diff(c.Expected, got.Results); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", c.Comment, diff)
			}
			want := plugin.ExitOK
			for _, result := range c.Expected {
				if !result.Allowed {
					want = plugin.ExitDenied
				}
			}
			if code != want {
				t.Errorf("exit code %d, want %d\n%s", code, want, errOut)
			}
		})
	}
}
