package manifest

import (
	"os"
	"path/filepath"
	"strings"
)

// chartFile is what makes a folder a Helm chart.
const chartFile = "Chart.yaml"

// isChart says whether a folder is a Helm chart.
func isChart(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, chartFile))
	return err == nil && info.Mode().IsRegular()
}

// chartOf is the chart that a name is that of, for an example.
func chartOf(name string) string {
	if isChart(name) || strings.HasSuffix(name, ".tgz") {
		return name
	}
	return "CHART"
}

// inChart says whether a name is that of a chart, packed or not, or of one of
// its parts that are no manifests before Helm has rendered them. The
// CustomResourceDefinitions of a chart are manifests.
func inChart(name string, folder bool) bool {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return false // Reading it tells more.
	}
	if folder && isChart(absolute) {
		return true
	}
	if !folder && (strings.HasSuffix(name, ".tgz") || isChart(filepath.Dir(absolute))) {
		return true
	}
	for path := absolute; filepath.Dir(path) != path; path = filepath.Dir(path) {
		if filepath.Base(path) == "templates" && isChart(filepath.Dir(path)) {
			return true
		}
	}
	return false
}

func (l *loader) chart(name, chart string) {
	l.fail(name, "a Helm chart, whose templates are no manifests yet: render it first, as in helm template %s | kubectl domicile check -f -", chart)
}
