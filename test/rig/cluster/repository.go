package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// module is the first line of the repository's go.mod.
const module = "module github.com/domicile-dev/domicile\n"

// repository is the folder of the repository that the working directory is in.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(text, []byte(module)) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the working directory is not inside Domicile's repository")
		}
		dir = parent
	}
}

// variable names the environment variable with the path of another control plane than
// bin/controlplane, such as one of another version of Kubernetes.
const variable = "DOMICILE_CONTROLPLANE"

// program is the path of one of the programs that make builds into bin.
func (c *Cluster) program(name, target string) (string, error) {
	path := filepath.Join(c.bin, name)
	switch other := os.Getenv(variable); {
	case name == "controlplane" && other != "":
		path = other
	case name == "manager" && c.manager != "":
		path = c.manager
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not there: run \"make %s\" first", path, target)
	}
	return path, nil
}
