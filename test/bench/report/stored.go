package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Stored has the values of a run by size and name of the row.
type Stored map[string]map[string]float64

// Read reads what the previous run measured: nothing if there was none.
func Read(file string) (Stored, error) {
	stored := Stored{}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return stored, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what the previous run measured: %w", err)
	}
	if err := json.Unmarshal(text, &stored); err != nil {
		return nil, fmt.Errorf("%s: %w: remove the file to begin anew", file, err)
	}
	return stored, nil
}

// Write keeps it for the next run.
func (s Stored) Write(file string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}
