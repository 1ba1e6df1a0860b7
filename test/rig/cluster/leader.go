package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Leader is the replica that was the last to say in its log that it leads, -1 if none
// has. It may have ended since.
func (m *Manager) Leader() (int, error) {
	leader, latest := -1, time.Time{}
	for i, r := range m.list() {
		text, err := os.ReadFile(r.log)
		if err != nil {
			return -1, err
		}
		for line := range bytes.Lines(text) {
			if !bytes.Contains(line, []byte("Successfully acquired lease")) {
				continue
			}
			var entry struct {
				Time time.Time `json:"ts"`
			}
			if err := json.Unmarshal(line, &entry); err != nil {
				return -1, fmt.Errorf("read the log of %s: %w", r.name, err)
			}
			if !entry.Time.Before(latest) {
				latest, leader = entry.Time, i
			}
		}
	}
	return leader, nil
}
