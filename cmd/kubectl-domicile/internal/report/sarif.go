package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// The parts of SARIF 2.1.0 (OASIS) that are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		Name             string    `json:"name"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
)

// sarifLevels says how grave each action is; what is allowed is no result.
var sarifLevels = map[string]string{deny: "error", warn: "warning", audit: "note"}

// SARIF writes a result for each decision that does not simply admit, with the
// reason as its rule and the place of the object.
func SARIF(w io.Writer, r Report, version string) error {
	driver := sarifDriver{
		Name:           "kubectl-domicile",
		Version:        version,
		InformationURI: "https://github.com/domicile-dev/domicile",
	}
	for _, rule := range rules {
		driver.Rules = append(driver.Rules, sarifRule{ID: string(rule.id), Name: string(rule.id), ShortDescription: sarifText{rule.text}})
	}
	results := []sarifResult{}
	for _, result := range r.Results {
		for _, d := range result.Decisions {
			if level := sarifLevels[d.Action]; level != "" {
				results = append(results, sarifResultOf(&driver, result, d, level))
			}
		}
	}
	return encodeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: results}},
	})
}

func sarifResultOf(driver *sarifDriver, result Result, d Decision, level string) sarifResult {
	index := slices.IndexFunc(driver.Rules, func(r sarifRule) bool { return r.ID == d.Reason })
	if index < 0 {
		index = len(driver.Rules)
		driver.Rules = append(driver.Rules, sarifRule{ID: d.Reason, Name: d.Reason, ShortDescription: sarifText{d.Reason}})
	}
	return sarifResult{
		RuleID:       d.Reason,
		RuleIndex:    index,
		Level:        level,
		Message:      sarifText{strings.Join(append([]string{d.Message}, d.Path...), "\n")},
		Locations:    []sarifLocation{sarifLocationOf(result)},
		Fingerprints: map[string]string{"domicile/v1": fingerprint(result, d)},
	}
}

func sarifLocationOf(result Result) sarifLocation {
	location := sarifLocation{
		Physical: sarifPhysical{Artifact: sarifArtifact{sarifURI(result.Position)}},
		Logical:  []sarifLogical{{FullyQualifiedName: strings.Trim(result.Resource.Namespace+"/"+result.Display, "/"), Kind: "resource"}},
	}
	if result.Position.Line > 0 {
		location.Physical.Region = &sarifRegion{StartLine: result.Position.Line, StartColumn: result.Position.Column}
	}
	return location
}

// sarifURI is relative for a relative path, so that it is found in a checkout.
func sarifURI(p manifest.Position) string {
	path := filepath.ToSlash(p.File)
	if filepath.IsAbs(p.File) {
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}).String()
	}
	return (&url.URL{Path: strings.TrimPrefix(path, "./")}).String()
}

// fingerprint tells results apart wherever in their file they stand.
func fingerprint(result Result, d Decision) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{result.Resource.Namespace, result.Display, d.Policy, d.Tenant, d.Reason}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
