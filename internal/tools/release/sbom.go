package main

import (
	"cmp"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdx/v2/common"
)

// module is one module that a program was linked from.
type module struct{ path, version string }

// purl is the module's package URL.
func (m module) purl() string {
	return "pkg:golang/" + m.path + "@" + strings.ReplaceAll(m.version, "+", "%2B")
}

// modules reads from a program itself what it was linked from: these modules and no
// others. The standard library is one of them.
func modules(program string) (path string, all []module, err error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return "", nil, err
	}
	all = []module{{"stdlib", strings.TrimPrefix(info.GoVersion, "go")}}
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		all = append(all, module{d.Path, d.Version})
	}
	slices.SortFunc(all, func(a, b module) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.version, b.version))
	})
	return info.Path, all, nil
}

// sbom writes the bill of materials of a program.
func sbom(out io.Writer, format, version, at, program string) error {
	when, err := unix(at)
	if err != nil {
		return err
	}
	path, all, err := modules(program)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	self := module{path, version}
	name := filepath.Base(program)
	switch format {
	case "cyclonedx":
		encoder := cyclonedx.NewBOMEncoder(out, cyclonedx.BOMFileFormatJSON)
		return encoder.SetPretty(true).EncodeVersion(cycloneDX(name, self, all, when), cyclonedx.SpecVersion1_6)
	case "spdx":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(spdxDocument(name, self, all, when))
	default:
		return fmt.Errorf("%q: must be spdx or cyclonedx", format)
	}
}

func cycloneDX(name string, self module, all []module, when time.Time) *cyclonedx.BOM {
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: when.Format(time.RFC3339),
		Component: &cyclonedx.Component{BOMRef: self.purl(), Type: cyclonedx.ComponentTypeApplication, Name: name, Version: self.version, PackageURL: self.purl()},
	}
	components, needs := []cyclonedx.Component{}, []string{}
	for _, m := range all {
		components = append(components, cyclonedx.Component{BOMRef: m.purl(), Type: cyclonedx.ComponentTypeLibrary, Name: m.path, Version: m.version, PackageURL: m.purl()})
		needs = append(needs, m.purl())
	}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: self.purl(), Dependencies: &needs}}
	return bom
}

func spdxDocument(name string, self module, all []module, when time.Time) *spdx.Document {
	d := &spdx.Document{
		SPDXVersion: spdx.Version, DataLicense: spdx.DataLicense, SPDXIdentifier: "DOCUMENT",
		DocumentName:      name + "-" + self.version,
		DocumentNamespace: "https://github.com/domicile-dev/domicile/spdx/" + name + "-" + self.version,
		CreationInfo: &spdx.CreationInfo{
			Creators: []common.Creator{{CreatorType: "Organization", Creator: "The Domicile maintainers"}},
			Created:  when.Format(time.RFC3339),
		},
	}
	add := func(id string, m module) {
		d.Packages = append(d.Packages, &spdx.Package{
			PackageName: m.path, PackageVersion: m.version, PackageSPDXIdentifier: common.ElementID(id),
			PackageDownloadLocation: "NOASSERTION", PackageLicenseConcluded: "NOASSERTION", PackageLicenseDeclared: "NOASSERTION", PackageCopyrightText: "NOASSERTION",
			PackageExternalReferences: []*spdx.PackageExternalReference{{Category: common.CategoryPackageManager, RefType: "purl", Locator: m.purl()}},
		})
	}
	relate := func(a, b, how string) {
		d.Relationships = append(d.Relationships, &spdx.Relationship{
			RefA: common.MakeDocElementID("", a), RefB: common.MakeDocElementID("", b), Relationship: how,
		})
	}
	add("Package-main", self)
	relate("DOCUMENT", "Package-main", common.TypeRelationshipDescribe)
	for i, m := range all {
		id := fmt.Sprintf("Package-%d", i+1)
		add(id, m)
		relate("Package-main", id, common.TypeRelationshipDependsOn)
	}
	return d
}
