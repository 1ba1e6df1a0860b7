// Package crd holds the CustomResourceDefinitions of Domicile, for programs that
// validate manifests as the API server does.
package crd

import "embed"

// Files has one YAML file for each CustomResourceDefinition.
//
//go:embed domicile.dev_*.yaml
var Files embed.FS
