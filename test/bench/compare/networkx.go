package main

import (
	"context"
	_ "embed" // of networkx.py
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed networkx.py
var script string

// networkx asks networkx.
func networkx(ctx context.Context, folder string) ([]row, error) {
	command := exec.CommandContext(ctx, python, "-", folder, strconv.Itoa(runs))
	command.Stdin = strings.NewReader(script)
	var stderr strings.Builder
	command.Stderr = &stderr
	said, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("networkx: %w\n%s", err, stderr.String())
	}
	var got struct {
		Load, Answer    float64
		Restricted      int
		Memory          int64
		Version, Python string
	}
	if err := json.Unmarshal(said, &got); err != nil {
		return nil, fmt.Errorf("networkx: %w", err)
	}
	return []row{{
		who:  fmt.Sprintf("networkx %s (Python %s): a worklist", got.Version, got.Python),
		load: seconds(got.Load), answer: seconds(got.Answer), restricted: got.Restricted, memory: got.Memory,
	}}, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
