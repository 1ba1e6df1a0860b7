package input

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// built is how errors call what kustomize makes of a folder. Lines are those of
// what kubectl kustomize prints.
const built = "(built by kustomize)"

// kustomize reads what kustomize builds from a folder, with the same rules as
// kubectl apply -k: no plug-ins, and no files from outside.
func kustomize(folder string) ([]manifest.Object, []*manifest.Error) {
	text, err := build(folder)
	if err != nil {
		return nil, []*manifest.Error{{Position: manifest.Position{File: folder}, Err: err}}
	}
	return manifest.Read(filepath.Join(folder, built), bytes.NewReader(text), manifest.DefaultLimits)
}

func build(folder string) ([]byte, error) {
	if strings.Contains(folder, "://") {
		return nil, errors.New("addresses are not read: clone the repository, and name the folder")
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, errors.New("no such folder: -k takes one with a kustomization.yaml")
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, fmt.Errorf("kustomize: %s", relative(err.Error()))
	}
	return resources.AsYaml()
}

// relative leaves the folder of the process out of a message, in which kustomize
// has the full path of everything.
func relative(message string) string {
	here, err := os.Getwd()
	if err != nil {
		return message
	}
	return strings.ReplaceAll(message, here+string(filepath.Separator), "")
}
