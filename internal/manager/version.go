package manager

import (
	"runtime/debug"
	"strings"
)

// release is set by the linker: -ldflags "-X github.com/domicile-dev/domicile/internal/manager.release=v1.2.3".
var release string

// version is the release, or else what the toolchain knows of the source.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	if v == "" {
		return "unknown"
	}
	return v
}

// versionLabel is the version as a label can have it.
func versionLabel() string {
	const longest = 63
	label := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, version())
	return strings.Trim(label[:min(len(label), longest)], ".-")
}
