package chart

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// testUpgrades upgrades from former charts, in both ways in which Helm keeps what somebody
// has set.
func testUpgrades(t *testing.T, s server) {
	charts := formerCharts(t)
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		for _, how := range []string{"--reuse-values", "--reset-then-reuse-values"} {
			t.Run(name+" "+how, func(t *testing.T) {
				defer s.helm(t, "uninstall", release)
				s.helm(t, "install", release, charts[name], "--create-namespace", "--set", "replicas=2")
				s.helm(t, "upgrade", release, chartDir, how, "--set", "log.level=debug")
				want := objects(t, render(t, "--set", "replicas=2,log.level=debug"))
				s.startsTheManagerAs(t, want)
				if how == "--reuse-values" { // defaults that have changed stay what they were
					return
				}
				got := objects(t, mustRun(t, s.env, "helm", "get", "manifest", release, "--namespace", namespace))
				isLikeNew(t, want, got)
			})
		}
	}
}

func isLikeNew(t *testing.T, want, got map[id]*unstructured.Unstructured) {
	t.Helper()
	for key := range got {
		if want[key] == nil {
			t.Errorf("%v is in no new installation", key)
		}
	}
	for key := range want {
		if diff := cmp.Diff(want[key], got[key]); diff != "" {
			t.Errorf("%v is not what a new installation has (-new +upgraded):\n%s", key, diff)
		}
	}
}

// formerCharts are the charts of all tags and of the last commits that changed it, as far as
// this clone has them, and always the present one with the values of the first.
func formerCharts(t *testing.T) map[string]string {
	t.Helper()
	folder := t.TempDir()
	charts := map[string]string{"values of the first": filepath.Join(folder, "values")}
	if err := os.CopyFS(charts["values of the first"], os.DirFS(chartDir)); err != nil {
		t.Fatal(err)
	}
	values, err := os.ReadFile("testdata/former/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(charts["values of the first"], "values.yaml"), values, 0o600); err != nil {
		t.Fatal(err)
	}
	if exec.CommandContext(t.Context(), "git", "-C", root, "rev-parse").Run() != nil {
		return charts // sources without their history
	}
	commits := strings.Fields(git(t, "log", "--format=%h", "--", "charts/domicile"))
	const last = 6
	for _, name := range append(strings.Fields(git(t, "tag", "--list", "v*")), commits[:min(last, len(commits))]...) {
		charts[name] = filepath.Join(folder, name+".tgz")
		git(t, "archive", "--format=tar.gz", "--prefix=domicile/", "--output="+charts[name], name+":./charts/domicile")
	}
	return charts
}

// git is what git says of the repository.
func git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...).Output()
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return string(out)
}

// startsTheManagerAs checks that the manager is started as a new installation starts it.
func (s server) startsTheManagerAs(t *testing.T, rendered map[id]*unstructured.Unstructured) {
	t.Helper()
	want, got := &appsv1.Deployment{}, &appsv1.Deployment{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(rendered[id{"Deployment", namespace, release}].Object, want); err != nil {
		t.Fatal(err)
	}
	if err := s.Get(t.Context(), client.ObjectKeyFromObject(want), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Spec.Template.Spec.Containers[0].Args, got.Spec.Template.Spec.Containers[0].Args); diff != "" {
		t.Errorf("the manager is not started as a new installation starts it (-new +upgraded):\n%s", diff)
	}
}
