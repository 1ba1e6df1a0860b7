package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	registers "github.com/domicile-dev/domicile/internal/register"
)

const compileLong = `Read the files of one register and write what they say in a form that a manager loads many times faster. The file is versioned and has a checksum of its own, and an OwnershipRegister of the same format, consolidation and branches takes it as a source like any other. It is compressed if its name ends in .zst.

Exit codes: 0 if the file is written, 1 if a cluster would refuse the register because of --max-refused, 2 if the files cannot be read.`

const compileExample = `  # Compile the golden copy of GLEIF
  {{.}} register compile lei2.csv.zip rr.csv.zip repex.csv.zip --format GLEIF -o gleif.zst`

type compilation struct {
	reading
	output  string
	streams genericiooptions.IOStreams
}

func newCompile(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := &compilation{streams: streams}
	command := &cobra.Command{
		Use:                   "compile FILE... --format FORMAT -o OUT",
		DisableFlagsInUseLine: true,
		Short:                 "Compile a register for fast loading",
		Long:                  compileLong,
		Example:               examples(compileExample, name),
		Args:                  someFiles,
		RunE:                  func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	o.addFlags(command)
	command.Flags().StringVarP(&o.output, "output", "o", "", "The file to write. Required.")
	return command
}

func (o *compilation) run(ctx context.Context, names []string) error {
	if o.output == "" {
		return errors.New("name the file to write with -o, as in -o register.zst")
	}
	layer, report, tooMany, err := o.read(ctx, o.streams.ErrOut, names)
	if err != nil {
		return err
	}
	writeRecords(o.streams.ErrOut, "refused", refusedRecords{report.Refused, recordsOf(report.Refusals)})
	if tooMany != nil {
		return tooMany
	}
	if n := report.Remarked(); n > 0 {
		fmt.Fprintf(o.streams.ErrOut, "read less exactly than meant: %d, which register inspect lists\n", n)
	}
	how, err := o.options()
	if err != nil {
		return err
	}
	digest, size, err := writeFile(o.output, func(w io.Writer) error { return registers.Compile(w, layer, report, how) })
	if err != nil {
		return err
	}
	fmt.Fprintf(o.streams.Out, "%s: %d parties, %d interests, %s\nchecksum: sha256:%s\n",
		o.output, layer.Parties(), layer.Interests(), bytesText(size), digest)
	return nil
}

// writeFile writes a file that is there as a whole or not at all, and returns its
// SHA-256 and its size.
func writeFile(name string, write func(io.Writer) error) (digest string, size int64, err error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".compile-*")
	if err != nil {
		var at *fs.PathError // whose path is nobody's
		if errors.As(err, &at) {
			err = at.Err
		}
		return "", 0, fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	hash, count := sha256.New(), &counter{}
	to := io.MultiWriter(file, hash, count)
	if strings.HasSuffix(name, ".zst") {
		err = compressed(to, write)
	} else {
		err = write(to)
	}
	if err = errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
		return "", 0, fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(hash.Sum(nil)), count.bytes, nil
}

func compressed(w io.Writer, write func(io.Writer) error) error {
	z, err := zstd.NewWriter(w)
	if err != nil {
		return err
	}
	return errors.Join(write(z), z.Close())
}

type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}
