package plugin_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/plugin"
)

var update = flag.Bool("update", false, "write the transcripts of testdata anew")

// transcript is the file of an archive that has what the commands print.
const transcript = "transcript"

// TestTranscripts runs the commands of each archive in testdata, which stand in
// its comment after a dollar sign, in a folder with the archive's files, and
// compares what they print: standard output, then standard error with a mark
// before each line, then the exit code unless it is 0.
func TestTranscripts(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range archives {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			want := ""
			var kept []txtar.File
			for _, file := range archive.Files {
				if file.Name == transcript {
					want = string(file.Data)
					continue
				}
				kept = append(kept, file)
				write(t, file.Name, unnested(file))
			}
			got := play(t, string(archive.Comment))
			if *update {
				kept = append(kept, txtar.File{Name: transcript, Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: kept}), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// unnested is the content of a file. An archive in an archive has a bar before
// each of its lines.
func unnested(file txtar.File) []byte {
	if filepath.Ext(file.Name) != ".txtar" {
		return file.Data
	}
	return regexp.MustCompile(`(?m)^\|`).ReplaceAll(file.Data, nil)
}

// masked are sizes and checksums of what is compiled, which are nobody's promise.
var masked = regexp.MustCompile(`(sha256:|"memoryBytes": |memory: +|interests, )[0-9a-f][0-9a-fkMB. ]*`)

// play runs the commands and returns what they print.
func play(t *testing.T, comment string) string {
	t.Helper()
	var out strings.Builder
	for _, line := range strings.Split(comment, "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		if !isCommand {
			continue
		}
		stdout, stderr, code := run(t, command)
		fmt.Fprintf(&out, "$ %s\n%s", command, masked.ReplaceAllString(stdout, "$1…"))
		for _, line := range strings.SplitAfter(stderr, "\n") {
			if line != "" {
				fmt.Fprintf(&out, "! %s", line)
			}
		}
		if code != plugin.ExitOK {
			fmt.Fprintf(&out, "exit code %d\n", code)
		}
	}
	return out.String()
}

// run runs a command line of words without quotes, and perhaps < FILE.
func run(t *testing.T, command string) (stdout, stderr string, code int) {
	t.Helper()
	streams, in, out, errOut := genericiooptions.NewTestIOStreams()
	command, input, redirected := strings.Cut(command, " < ")
	if redirected {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(text)
	}
	words := strings.Fields(strings.Replace(command, "kubectl domicile", "/usr/bin/kubectl-domicile", 1))
	code = plugin.Run(context.Background(), words, streams)
	return out.String(), errOut.String(), code
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	plugin.Version = "v0.0.0-test"
	os.Exit(m.Run())
}

func TestRunsWithoutAName(t *testing.T) {
	t.Parallel()
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	if code := plugin.Run(context.Background(), nil, streams); code != plugin.ExitOK || !strings.Contains(out.String(), "kubectl domicile <command>") {
		t.Errorf("exit code %d and %s", code, out)
	}
}

func TestIsCalledByItsOwnNameOutsideOfKubectl(t *testing.T) {
	t.Parallel()
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	plugin.Run(context.Background(), []string{"/opt/bin/domicile", "check", "--help"}, streams)
	if !strings.Contains(out.String(), "\n  domicile check -f FILENAME [options]\n") {
		t.Errorf("a program called domicile says:\n%s", out)
	}
}

func TestCompletesForKubectl(t *testing.T) {
	t.Parallel()
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	code := plugin.Run(context.Background(), []string{"kubectl_complete-domicile", "check", "--output", ""}, streams)
	if want := "table\njson\nsarif\njunit\n:4\n"; code != plugin.ExitOK || out.String() != want {
		t.Errorf("exit code %d and %q, want %q", code, out, want)
	}
}

// errWriter is a full disk, or a pipe that nobody reads any more.
type errWriter struct{}

func (errWriter) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAReportThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"table", "json", "sarif", "junit"} {
		var in, errOut bytes.Buffer
		in.WriteString("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n")
		streams := genericiooptions.IOStreams{In: &in, Out: errWriter{}, ErrOut: &errOut}
		code := plugin.Run(context.Background(), []string{"kubectl-domicile", "check", "-f", "-", "-o", format}, streams)
		if code != plugin.ExitError || !strings.Contains(errOut.String(), "no space left on device") {
			t.Errorf("%s: exit code %d and %q", format, code, errOut.String())
		}
	}
}
