// Command release makes those parts of a release that have to be the same whenever and
// wherever they are made: archives, bills of materials and the manifest for krew.
// internal/tools/release.sh calls it.
//
// It is a module of its own so that its dependencies bind nobody else's.
package main

import (
	"fmt"
	"os"
)

const usage = `usage:
  release archive OUT.tar.gz|OUT.zip UNIX-TIME FILE...
  release sbom spdx|cyclonedx VERSION UNIX-TIME PROGRAM
  release krew VERSION URL FOLDER
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 3 && args[0] == "archive":
		return archive(args[1], args[2], args[3:])
	case len(args) == 5 && args[0] == "sbom":
		return sbom(os.Stdout, args[1], args[2], args[3], args[4])
	case len(args) == 4 && args[0] == "krew":
		return krew(os.Stdout, args[1], args[2], args[3])
	default:
		return fmt.Errorf("%q\n%s", args, usage)
	}
}
