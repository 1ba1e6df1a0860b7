package manifest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

func TestReadsWhatHelmPrints(t *testing.T) {
	t.Parallel()
	const (
		header = "Release \"app\" has been upgraded. Happy Helming!\nNAME: app\nLAST DEPLOYED: Thu Jan  1 00:00:00 1970\nNAMESPACE: wren-a\nSTATUS: pending-install\n"
		hook   = "---\n# Source: app/templates/hook.yaml\n"
		first  = "---\n# Source: app/templates/pod.yaml\n"
	)
	for _, tc := range []struct {
		reason, text string
		want         []string
	}{{
		reason: "helm template: comments say where from, and templates that render to nothing leave separators",
		text:   first + pod + "---\n# Source: app/templates/off.yaml\n---\n" + first + pod,
		want:   []string{"in:3  web", "in:11  web"},
	}, {
		reason: "helm install --dry-run: hooks are created, too, and all of it in the namespace of the release",
		text:   header + "HOOKS:\n" + hook + pod + "MANIFEST:\n" + first + pod + "\nNOTES:\n1. Get the URL: {{ `it` }}\n---\n  like: this: one\n",
		want:   []string{"in:9 wren-a web", "in:15 wren-a web"},
	}, {
		reason: "helm get all: values come before",
		text:   header + "USER-SUPPLIED VALUES:\nimage: a\n\nCOMPUTED VALUES:\nimage: a\n\nHOOKS:\nMANIFEST:\n" + first + pod,
		want:   []string{"in:16 wren-a web"},
	}, {
		reason: "files from Windows",
		text:   strings.ReplaceAll(header+"HOOKS:\nMANIFEST:\n"+first+pod+"NOTES:\nvisit: us: soon\n", "\n", "\r\n"),
		want:   []string{"in:10 wren-a web"},
	}, {
		reason: "notes alone, after what has been rendered",
		text:   first + pod + "\nNOTES:\nvisit: us: soon\n",
		want:   []string{"in:3  web"},
	}, {
		reason: "kubectl would create the Pod after these notes, so they hide nothing",
		text:   first + pod + "NOTES:\n---\n" + pod,
		want:   []string{"in:3  web", "in:8  web"},
	}, {
		reason: "without a sign of Helm, what is called notes is a field like any other",
		text:   pod + "NOTES:\nvisit: us: soon\n",
		want:   []string{"in:5: mapping values are not allowed in this context"},
	}, {
		reason: "a manifest before the heading would be hidden by it",
		text:   pod + "---\nNAME: app\nMANIFEST:\n---\n" + pod,
		want:   []string{"in:1  web", "in:8  web", "in:5: not a Kubernetes object: apiVersion must be a string that is not empty"},
	}, {
		reason: "a list that renders to nothing has no items",
		text:   "apiVersion: v1\nkind: List\nitems:\n---\napiVersion: v1\nkind: List\n---\napiVersion: v1\nkind: PodList\nitems: []\n---\n" + pod,
		want:   []string{"in:12  web"},
	}} {
		objects, errs := manifest.Read("in", strings.NewReader(tc.text), manifest.DefaultLimits)
		var got []string
		for _, o := range objects {
			got = append(got, fmt.Sprint(o.Position(), " ", o.ReleaseNamespace, " ", o.Name()))
		}
		for _, err := range errs {
			got = append(got, err.Error())
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
	}
}

func TestKnowsChartsForWhatTheyAre(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, text := range map[string]string{
		"app/Chart.yaml":              "name: app\n",
		"app/values.yaml":             "image: a\n",
		"app/templates/pod.yaml":      "kind: {{ .Values.kind }}\n",
		"app/templates/sub/pod.yaml":  pod,
		"app/crds/crd.yaml":           pod,
		"app.tgz":                     "packed",
		"plain/templates/pod.yaml":    pod,
		"plain/template.yaml":         "apiVersion: v1\nkind: {{ .Values.kind }}\n",
		"plain/Chart.yaml/nobody.txt": "a folder of that name",
	} {
		write(t, filepath.Join(dir, path), text)
	}
	const is = ": a Helm chart, whose templates are no manifests yet: render it first, as in helm template "
	for _, tc := range []struct{ reason, name, want string }{
		{"the folder of a chart", "app", "app" + is + "app | kubectl domicile check -f -"},
		{"a folder with a chart in it", ".", "app" + is + "app | kubectl domicile check -f -"},
		{"a chart's templates", "app/templates", "app/templates" + is + "CHART | kubectl domicile check -f -"},
		{"one of them", "app/templates/sub/pod.yaml", "app/templates/sub/pod.yaml" + is + "CHART | kubectl domicile check -f -"},
		{"its values", "app/values.yaml", "app/values.yaml" + is + "CHART | kubectl domicile check -f -"},
		{"a packed one", "app.tgz", "app.tgz" + is + "app.tgz | kubectl domicile check -f -"},
		{"Helm does not render these", "app/crds", ""},
		{"not every folder of templates is a chart's", "plain/templates", ""},
		{"a template on its own", "plain/template.yaml", "plain/template.yaml:2: a key must be a string; there is {{ in it: a template has to be rendered first, as in helm template CHART | kubectl domicile check -f -"},
	} {
		_, errs := manifest.Load([]string{filepath.Join(dir, tc.name)}, strings.NewReader(""), manifest.DefaultLimits)
		got := ""
		if len(errs) > 0 {
			got = strings.ReplaceAll(errs[0].Error(), dir+string(filepath.Separator), "")
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

func TestKnowsWhatQuotesWouldMakeText(t *testing.T) {
	t.Parallel()
	text := "apiVersion: v1\nkind: A\nspec: {a: NO, b: 50, c: 03004112, d: 2026-01-01, e: 'NO', f: ~, g: 1e3, h: [on], i: !!int 5, j: }\n"
	objects, errs := manifest.Read("in", strings.NewReader(text), manifest.DefaultLimits)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for path, want := range map[string]string{
		"spec.a":    `NO without quotes is false, not text: quote it, as in "NO"`,
		"spec.b":    `50 without quotes is a number, not text: quote it, as in "50"`,
		"spec.c":    `03004112 without quotes is the number 788554, not text: quote it, as in "03004112"`,
		"spec.d":    "", // YAML 1.1 has dates, and kubectl reads them as text.
		"spec.e":    "",
		"spec.f":    `~ without quotes is no value, not text: quote it, as in "~"`,
		"spec.g":    `1e3 without quotes is the number 1000, not text: quote it, as in "1e3"`,
		"spec.h[0]": `on without quotes is true, not text: quote it, as in "on"`,
		"spec.h[1]": "", // nothing is there
		"spec.i":    "",
		"spec.j":    "",
		"spec":      "",
	} {
		got := ""
		if text, value, ok := objects[0].Unquoted(path); ok {
			got = manifest.QuoteIt(text, value)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
