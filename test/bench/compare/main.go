// Command compare answers one question with Domicile, with PostgreSQL and with
// networkx, and writes how long each takes into docs/performance.md: which
// parties of a register are restricted for certain, by the cascade of more than
// 50 % of the restricted holders together? The answers have to agree.
//
// It installs PostgreSQL and networkx with apt-get if they are missing and it
// may, and runs a database server of its own in a folder that it removes.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/domicile-dev/domicile/internal/register/synthetic"
	"github.com/domicile-dev/domicile/test/bench/program"
)

// register is one to compare with.
type register struct {
	title string
	of    synthetic.Register
}

func registers() []register {
	return []register{
		{"shape and size of GLEIF", synthetic.GLEIF},
		{"shape of UK PSC, a tenth of its size", synthetic.PSC.Sized(1_000_000)},
	}
}

func main() { os.Exit(program.Run("compare", run)) }

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(progress)
	page := flags.String("page", filepath.Join("docs", "performance.md"), "the page that the table is written into")
	parties := flags.Int("parties", 0, "compare at so many parties, for a quick look; 0 is the full size")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := install(ctx, out); err != nil {
		return err
	}
	busy := loadAverage()
	var tables []table
	for _, r := range registers() {
		if *parties > 0 {
			r.of = r.of.Sized(*parties)
		}
		fmt.Fprintf(out, "%s: %d parties, %d interests\n", r.title, r.of.Parties, r.of.Interests)
		t, err := compare(ctx, r, out)
		if err != nil {
			return fmt.Errorf("%s: %w", r.title, err)
		}
		tables = append(tables, t)
	}
	text := machine(busy) + markdown(tables)
	fmt.Fprintf(out, "\n%s", text)
	return writeInto(*page, text)
}

// compare asks everybody about one register.
func compare(ctx context.Context, r register, out io.Writer) (table, error) {
	folder, err := os.MkdirTemp("", "domicile-compare-")
	if err != nil {
		return table{}, err
	}
	defer os.RemoveAll(folder)                      //nolint:errcheck // it is in a temporary folder
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the database server has a user of its own
		return table{}, err
	}
	t := table{register: r}
	own, err := domicile(r.of, folder)
	if err != nil {
		return t, err
	}
	t.rows = append(t.rows, own)
	for _, ask := range []func(context.Context, string) ([]row, error){postgres, networkx} {
		rows, err := ask(ctx, folder)
		if err != nil {
			return t, err
		}
		t.rows = append(t.rows, rows...)
	}
	for _, row := range t.rows {
		fmt.Fprintf(out, "  %s: load %s, answer %s, %d restricted\n", row.who, row.load, row.answer, row.restricted)
	}
	return t, t.agree()
}
