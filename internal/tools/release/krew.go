package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// prefix begins the names of the plugin's archives: kubectl-domicile_v1.2.3_linux_amd64.tar.gz.
const prefix = "kubectl-domicile_"

// krew writes the manifest by which krew finds the archives of a folder, below a URL.
func krew(out io.Writer, version, url, folder string) error {
	archives, err := filepath.Glob(filepath.Join(folder, prefix+version+"_*"))
	if err != nil {
		return err
	}
	slices.Sort(archives)
	var platforms []any
	for _, path := range archives {
		base := filepath.Base(path)
		name, _, _ := strings.Cut(strings.TrimPrefix(base, prefix+version+"_"), ".")
		system, machine, ok := strings.Cut(name, "_")
		if !ok {
			return fmt.Errorf("%s does not end with its platform", base)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		bin := "kubectl-domicile"
		if system == "windows" {
			bin += ".exe"
		}
		platforms = append(platforms, map[string]any{
			"selector": map[string]any{"matchLabels": map[string]string{"os": system, "arch": machine}},
			"uri":      url + "/" + base, "sha256": hex.EncodeToString(sum[:]), "bin": bin,
		})
	}
	if len(platforms) == 0 {
		return fmt.Errorf("%s has no archive of %s", folder, version)
	}
	manifest := map[string]any{
		"apiVersion": "krew.googlecontainertools.github.com/v1alpha2", "kind": "Plugin",
		"metadata": map[string]any{"name": "domicile"},
		"spec": map[string]any{
			"version": version, "homepage": "https://github.com/domicile-dev/domicile",
			"shortDescription": "Tenant residency: check, explain, impact",
			"description": "Checks manifests against residency policies, and explains who owns a tenant and why it is refused,\n" +
				"from files or from a cluster.\n",
			"platforms": platforms,
		},
	}
	text, err := yaml.Marshal(manifest)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}
