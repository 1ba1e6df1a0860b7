package main

import (
	"bufio"
	"errors"
	"os"
)

// writeLines writes a file that everybody may read: the database server has a
// user of its own.
func writeLines(name string, lines func(*bufio.Writer)) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644) //nolint:gosec // see above
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	lines(out)
	return errors.Join(out.Flush(), file.Close())
}
