package cluster

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ChartArgs are the arguments of helm that install charts/domicile as the
// release "domicile", or upgrade it. Values are written as for helm --set. In a
// cluster of ours the webhook's Service gets the address that RunManager serves.
func (c *Cluster) ChartArgs(namespace string, values ...string) ([]string, error) {
	args := []string{
		"upgrade", "--install", "domicile", "charts/domicile",
		"--namespace", namespace, "--create-namespace",
	}
	if c.addresses != nil {
		port, err := c.addresses.webhookPort()
		if err != nil {
			return nil, err
		}
		values = append([]string{
			"webhook.service.clusterIP=" + c.addresses.webhook().String(),
			"webhook.service.port=" + strconv.Itoa(port),
		}, values...)
	}
	// Nobody else brings these.
	values = append([]string{"reports.installCRDs=true"}, values...)
	for _, v := range values {
		args = append(args, "--set", v)
	}
	return args, nil
}

// InstallChart runs helm with ChartArgs.
func (c *Cluster) InstallChart(ctx context.Context, namespace string, values ...string) error {
	args, err := c.ChartArgs(namespace, values...)
	if err != nil {
		return err
	}
	if err := readAll(filepath.Join(c.root, "charts", "domicile")); err != nil {
		return err
	}
	r, err := c.Helm(ctx, args...)
	if err != nil {
		return err
	}
	if r.Code != 0 {
		return fmt.Errorf("helm %s: exit code %d\n%s%s", strings.Join(args, " "), r.Code, r.Stdout, r.Stderr)
	}
	return nil
}

// readAll opens every file of a folder. What a test's own process has opened is
// what tells `go test` that an answer in its cache is stale, and the chart is
// otherwise read by helm alone.
func readAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		_, err = os.ReadFile(path)
		return err
	})
}
