package manager

import "runtime/debug"

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
