package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/mirror"
)

// objectsOf are the policies and bindings of a mirror.
func objectsOf(m mirror.Mirror) (all []any) {
	for i := range m.Policies {
		all = append(all, m.Policies[i], m.Bindings[i])
	}
	return all
}

// write writes objects to a file, as a whole: an API server does not enforce half of one,
// and says so in its log alone. Until it is renamed it has a name that no API server
// reads.
func write(folder, name string, objects []any) (err error) {
	var text bytes.Buffer
	for _, o := range objects {
		document, err := yaml.Marshal(o)
		if err != nil {
			return fmt.Errorf("render %s: %w", name, err)
		}
		text.WriteString("---\n")
		text.Write(document)
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
	_, err = file.Write(text.Bytes())
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
