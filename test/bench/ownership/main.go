// Command ownership measures the ownership graph at the size of the world's
// registers, and prints a table beside what the previous run measured.
//
// It asserts nothing about times: those belong to the machine. Everything else
// that it does is also a test, at a small size.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/bench/program"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// size is a register to measure.
type size struct {
	name     string
	register synthetic.Register
	// memory is how many bytes the machine must have free.
	memory int64
}

const gigabyte = 1 << 30

func sizes() []size {
	return []size{
		{name: "small", register: synthetic.PSC.Sized(20_000), memory: gigabyte},
		{name: "gleif", register: synthetic.GLEIF, memory: 6 * gigabyte},
		{name: "psc", register: synthetic.PSC, memory: 16 * gigabyte},
	}
}

func main() { os.Exit(program.Run("ownership", run)) }

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("ownership", flag.ContinueOnError)
	flags.SetOutput(progress)
	names := flags.String("sizes", "small", "the registers to measure: small, gleif, psc; several with commas between them")
	store := flags.String("store", filepath.Join("bin", "bench-ownership.json"), "the file that has what the previous run measured")
	patience := flags.Duration("patience", 2*time.Second, "how long each measurement is repeated, at most")
	if err := flags.Parse(args); err != nil {
		return err
	}
	stored, err := report.Read(*store)
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(*names, ",") {
		s, err := sizeOf(name)
		if err != nil {
			return err
		}
		if free, known := freeMemory(); known && free < s.memory {
			fmt.Fprintf(out, "%s: left out, since it takes %d GB of memory and %d are free\n", name, s.memory/gigabyte, free/gigabyte)
			continue
		}
		rows, err := measure(ctx, s, *patience, progress)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(out, "\n%s: %d parties, %d interests\n\n", name, s.register.Parties, s.register.Interests)
		report.Print(out, rows, stored[name])
		stored[name] = report.Values(rows)
		if err := stored.Write(*store); err != nil {
			return err
		}
	}
	return nil
}

func sizeOf(name string) (size, error) {
	var known []string
	for _, s := range sizes() {
		if s.name == name {
			return s, nil
		}
		known = append(known, s.name)
	}
	return size{}, fmt.Errorf("unknown size %q: there are %s", name, strings.Join(known, ", "))
}

// freeMemory is how many bytes are free, where the system says so.
func freeMemory() (free int64, known bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "MemAvailable: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10, true
		}
	}
	return 0, false
}
