// Package catalogue reads docs/monitoring.md, which says what metrics there are:
// tests compare it with the code, and with what a manager serves.
package catalogue

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Page is where the catalogue is, from the root of the repository.
const Page = "docs/monitoring.md"

// Metric is one row of the table of metrics.
type Metric struct {
	Name string
	// Type is counter, gauge or histogram.
	Type string
	// Labels has the values that each label may have. A nil set is any value
	// that is no name of a tenant, a namespace or an object.
	Labels map[string][]string
}

var (
	row   = regexp.MustCompile("(?m)^\\| `(domicile_[a-z_]+)` \\| (counter|gauge|histogram) \\|([^|]*)\\|[^|]+\\|$")
	label = regexp.MustCompile("`([a-z_]+)`(?: \\(([^)]*)\\))?")
	set   = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| (`.*`) \\|$")
	value = regexp.MustCompile("`([^`]+)`")
)

// Read reads the page below the root of the repository. Values of a label are in
// parentheses behind it, or in the table of labels.
func Read(root string) (map[string]Metric, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(Page)))
	if err != nil {
		return nil, err
	}
	text := string(content)
	shared := map[string][]string{}
	for _, match := range set.FindAllStringSubmatch(text, -1) {
		shared[match[1]] = values(match[2])
	}
	metrics := map[string]Metric{}
	for _, match := range row.FindAllStringSubmatch(text, -1) {
		m := Metric{Name: match[1], Type: match[2], Labels: map[string][]string{}}
		if _, twice := metrics[m.Name]; twice {
			return nil, fmt.Errorf("%s has two rows for %s", Page, m.Name)
		}
		for _, l := range label.FindAllStringSubmatch(match[3], -1) {
			m.Labels[l[1]] = shared[l[1]]
			if l[2] != "" {
				m.Labels[l[1]] = values(l[2])
			}
		}
		metrics[m.Name] = m
	}
	if rows := strings.Count(text, "\n| `domicile_"); rows != len(metrics) || rows == 0 {
		return nil, fmt.Errorf("%s has %d rows of metrics, and %d can be read: is one written in another form?", Page, rows, len(metrics))
	}
	return metrics, nil
}

func values(list string) []string {
	var all []string
	for _, match := range value.FindAllStringSubmatch(list, -1) {
		all = append(all, match[1])
	}
	return all
}
