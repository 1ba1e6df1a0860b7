package mirror

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/domicile-dev/domicile/internal/mirror"
)

// objectsOf are the policies and bindings of a mirror.
func objectsOf(m mirror.Mirror) (all []any) {
	for i := range m.Policies {
		all = append(all, m.Policies[i], m.Bindings[i])
	}
	return all
}

// write writes objects to a file, as a whole: until it is renamed it has a name that no API
// server reads. They are one list in JSON, which is YAML, too: however it is cut off later,
// it can't be read, and the API server keeps what it has. Half of a policy in YAML may be a
// policy that refuses less.
func write(folder, name string, objects []any) (err error) {
	text, err := json.MarshalIndent(map[string]any{"apiVersion": "v1", "kind": "List", "items": objects}, "", "  ")
	if err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	file, err := os.CreateTemp(folder, "."+name+"-*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(append(text, '\n'))
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err = os.Rename(file.Name(), filepath.Join(folder, name)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
