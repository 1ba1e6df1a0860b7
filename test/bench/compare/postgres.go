package main

import (
	"context"
	_ "embed" // of cascade.sql
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed cascade.sql
var cascade string

// majority follows single holdings of more than half.
const majority = `WITH RECURSIVE restricted (node) AS (
  SELECT node FROM seed
  UNION
  SELECT h.subject FROM restricted r JOIN holding h ON h.holder = r.node WHERE h.lower > 500000000
) SELECT count(*) FROM restricted`

// server is a database server of our own.
type server struct {
	ctx      context.Context
	programs string
	data     string
}

// postgres asks PostgreSQL, in both ways.
func postgres(ctx context.Context, folder string) (rows []row, err error) {
	programs, err := serverPrograms()
	if err != nil {
		return nil, err
	}
	s := &server{ctx: ctx, programs: programs, data: filepath.Join(folder, "postgres")}
	if err := s.start(); err != nil {
		return nil, err
	}
	defer func() {
		_, stopped := s.run("pg_ctl", "stop", "-D", s.data, "-m", "immediate", "-w")
		err = errors.Join(err, stopped)
	}()
	begin := time.Now()
	if _, err := s.sql(fmt.Sprintf(`
		CREATE UNLOGGED TABLE party (node int PRIMARY KEY);
		CREATE UNLOGGED TABLE seed (node int PRIMARY KEY);
		CREATE UNLOGGED TABLE holding (holder int, subject int, kind smallint, lower bigint);
		COPY party FROM '%[1]s/parties.csv' CSV;
		COPY seed FROM '%[1]s/seeds.csv' CSV;
		COPY holding FROM '%[1]s/holdings.csv' CSV;
		CREATE INDEX ON holding (holder) INCLUDE (subject, kind, lower);
		VACUUM ANALYZE`, folder)); err != nil {
		return nil, err
	}
	load := time.Since(begin)
	if _, err := s.sql(cascade); err != nil {
		return nil, err
	}
	version, err := s.sql("SHOW server_version")
	if err != nil {
		return nil, err
	}
	size, err := s.number("SELECT pg_total_relation_size('party') + pg_total_relation_size('seed') + pg_total_relation_size('holding')")
	if err != nil {
		return nil, err
	}
	for _, way := range []struct {
		who, query string
		partial    bool
	}{
		{"a loop in PL/pgSQL", "SELECT cascade()", false},
		{"a recursive query, along single majorities only", majority, true},
	} {
		row := row{who: fmt.Sprintf("PostgreSQL %s: %s", strings.Fields(version)[0], way.who), load: load, memory: size, partial: way.partial}
		if err := s.ask(&row, way.query); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// start makes a database and starts its server, which listens on a socket in its
// own folder alone. Root may not run one: then Debian's user for it does.
func (s *server) start() error {
	if err := os.Mkdir(s.data, 0o700); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		account, err := user.Lookup("postgres")
		if err != nil {
			return err
		}
		uid, err := strconv.Atoi(account.Uid)
		if err != nil {
			return err
		}
		if err := os.Chown(s.data, uid, -1); err != nil {
			return err
		}
	}
	if _, err := s.run("initdb", "-D", s.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"); err != nil {
		return err
	}
	settings := "-c listen_addresses='' -c unix_socket_directories='" + s.data + "' -c shared_buffers=2GB -c work_mem=512MB -c temp_buffers=512MB -c maintenance_work_mem=1GB -c jit=off"
	_, err := s.run("pg_ctl", "start", "-D", s.data, "-w", "-l", filepath.Join(s.data, "log"), "-o", settings)
	return err
}

func (s *server) run(program string, args ...string) (string, error) {
	words := append([]string{filepath.Join(s.programs, program)}, args...)
	if os.Getuid() == 0 {
		words = append([]string{"runuser", "-u", "postgres", "--"}, words...)
	}
	// Not the context's: the server must be stopped when it has ended.
	command := exec.CommandContext(context.WithoutCancel(s.ctx), words[0], words[1:]...)
	command.Dir = s.data
	said, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		return "", fmt.Errorf("%s: %w", program, err)
	}
	return string(said), nil
}

func (s *server) sql(statements ...string) (string, error) {
	args := []string{"-h", s.data, "-U", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"}
	for _, one := range statements {
		for part := range strings.SplitSeq(one, ";\n\t\t") {
			args = append(args, "-c", part)
		}
	}
	return s.run("psql", append(args, "postgres")...)
}

func (s *server) number(query string) (int64, error) {
	said, err := s.sql(query)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(said), 10, 64)
}

// ask runs a query several times and notes the median.
func (s *server) ask(r *row, query string) error {
	var times []time.Duration
	for range runs {
		said, err := s.sql("\\timing on", query)
		if err != nil {
			return err
		}
		var milliseconds float64
		answer, timing, _ := strings.Cut(strings.TrimSpace(said), "\n")
		if _, err := fmt.Sscanf(timing, "Time: %f ms", &milliseconds); err != nil {
			return fmt.Errorf("psql said %q: %w", said, err)
		}
		if r.restricted, err = strconv.Atoi(answer); err != nil {
			return fmt.Errorf("psql said %q: %w", said, err)
		}
		times = append(times, seconds(milliseconds/1000))
	}
	r.answer = middle(times)
	return nil
}
