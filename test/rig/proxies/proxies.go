// Package proxies finds the programs that make bin/proxies installs.
package proxies

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Installed is the path of a program that make bin/proxies or bin/litellm has installed in
// the folder of the repository, and whether there is one.
func Installed(repository, name string) (string, bool) {
	for _, folder := range []string{"litellm/bin", "proxies/python/bin", "proxies/debian/usr/sbin", "proxies/debian/usr/bin"} {
		path, err := filepath.Abs(filepath.Join(repository, "bin", folder, name))
		if err != nil {
			return "", false // there is no working directory
		}
		if Executable(path) {
			return path, true
		}
	}
	return "", false
}

// Executable says whether there is a program at a path that can run: a script names its
// interpreter, which stays behind when its folder is moved.
func Executable(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // it was read only
	first, _ := bufio.NewReader(io.LimitReader(file, longestPath)).ReadString('\n')
	interpreter, isScript := strings.CutPrefix(first, "#!")
	if !isScript {
		return true
	}
	names := strings.Fields(interpreter)
	if len(names) == 0 {
		return false
	}
	_, err = os.Stat(names[0])
	return err == nil
}

// longestPath is how long the first line of a script may be.
const longestPath = 4096
