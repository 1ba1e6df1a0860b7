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

// program is the path of one of the programs that make builds into bin.
func (c *Cluster) program(name, target string) (string, error) {
	path := filepath.Join(c.bin, name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("bin/%s is not there: run \"make %s\" first", name, target)
	}
	return path, nil
}
