package docs

import (
	"io"
	"io/fs"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"golang.org/x/tools/txtar"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// kinds are those of the examples, so that a field that they do not have is found.
var kinds = map[string]func() any{
	"v1 Namespace": func() any { return &corev1.Namespace{} },
	"v1 Secret":    func() any { return &corev1.Secret{} },

	"apps/v1 Deployment": func() any { return &appsv1.Deployment{} },
	"batch/v1 CronJob":   func() any { return &batchv1.CronJob{} },
	"batch/v1 Job":       func() any { return &batchv1.Job{} },

	"domicile.dev/v1alpha1 LegalEntity":       func() any { return &v1alpha1.LegalEntity{} },
	"domicile.dev/v1alpha1 OwnershipRegister": func() any { return &v1alpha1.OwnershipRegister{} },
	"domicile.dev/v1alpha1 Tenant":            func() any { return &v1alpha1.Tenant{} },

	// Of Argo CD and Flux only the form is looked at.
	"argoproj.io/v1alpha1 Application":             func() any { return &map[string]any{} },
	"kustomize.toolkit.fluxcd.io/v1 Kustomization": func() any { return &map[string]any{} },
}

// documentsOf reads the objects of a file.
func documentsOf(t *testing.T, path string) (objects []any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var is metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &is); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		newObject, ok := kinds[is.APIVersion+" "+is.Kind]
		if !ok {
			t.Fatalf("%s: %s %s is no kind of the examples", path, is.APIVersion, is.Kind)
		}
		object := newObject()
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			t.Errorf("%s: %s: %v", path, is.Kind, err)
		}
		objects = append(objects, object)
	}
	return objects
}

func TestExamplesHaveNoFieldThatIsNone(t *testing.T) {
	found := 0
	err := filepath.WalkDir(filepath.Join(root, "examples"), func(path string, _ fs.DirEntry, err error) error {
		// Those of gateways are of other projects' kinds: test/examples looks at them.
		if err == nil && strings.HasSuffix(path, ".yaml") && !strings.Contains(filepath.ToSlash(path), "examples/gateways/") {
			found += len(documentsOf(t, path))
		}
		return err
	})
	if err != nil || found < 10 {
		t.Errorf("%d objects, %v", found, err)
	}
}

// refresh is what a Job of examples/registers does, and the register that loads it.
type refresh struct {
	pod      corev1.PodSpec
	register *v1alpha1.OwnershipRegister
}

func refreshOf(t *testing.T, path string) (r refresh) {
	t.Helper()
	for _, object := range documentsOf(t, path) {
		switch o := object.(type) {
		case *batchv1.CronJob:
			r.pod = o.Spec.JobTemplate.Spec.Template.Spec
		case *batchv1.Job:
			r.pod = o.Spec.Template.Spec
		case *v1alpha1.OwnershipRegister:
			r.register = o
		}
	}
	if len(r.pod.InitContainers) != 2 || len(r.pod.Containers) != 1 || r.register == nil {
		t.Fatalf("%s: no Job that downloads, compiles and pushes, or no register", path)
	}
	return r
}

var output = regexp.MustCompile(`^--output=(.+)$`)

// TestRefreshJobsDoWhatTheySay runs compile and push of each Job as processes, with a
// little data in the place of what is downloaded.
func TestRefreshJobsDoWhatTheySay(t *testing.T) {
	plugin, err := filepath.Abs(filepath.Join(root, "bin", "kubectl-domicile"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	for name, data := range map[string]map[string]string{
		"gleif": {
			"lei2.csv.zip":  part(t, "gleif-sub-funds", "lei2.csv"),
			"rr.csv.zip":    part(t, "gleif-sub-funds", "rr.csv"),
			"repex.csv.zip": part(t, "gleif-sub-funds", "repex.csv"),
		},
		"opensanctions": {"entities.ftm.json": `{"id":"a","schema":"Company","properties":{"name":["Lantern Group"],"jurisdiction":["cn"]}}` + "\n"},
		"uk-psc":        {"uk-psc.json.zip": part(t, "bods-bands", "psc.json")},
	} {
		t.Run(name, func(t *testing.T) {
			r, folder := refreshOf(t, filepath.Join(root, "examples", "registers", name+".yaml")), t.TempDir()
			for _, argument := range r.pod.InitContainers[0].Args {
				if match := output.FindStringSubmatch(argument); match != nil {
					if err := os.WriteFile(filepath.Join(folder, match[1]), []byte(data[match[1]]), 0o600); err != nil || data[match[1]] == "" {
						t.Fatalf("downloads %s, for which this test has no data (%v)", match[1], err)
					}
				}
			}
			host := strings.TrimPrefix(server.URL, "http://")
			local := strings.NewReplacer("/data/", folder+"/", "registry.example.com", host)
			compile, push := r.pod.InitContainers[1].Args, r.pod.Containers[0].Args
			for _, arguments := range [][]string{compile, append(slices.Clone(push), "--plain-http")} {
				for i := range arguments {
					arguments[i] = local.Replace(arguments[i])
				}
				run := exec.CommandContext(t.Context(), plugin, arguments...)
				run.Dir = folder
				if said, err := run.CombinedOutput(); err != nil {
					t.Fatalf("%v: %v: run `make build`\n%s", arguments, err, said)
				}
			}
			if reference := r.register.Spec.Source.OCI.Reference; reference != push[len(push)-1] {
				t.Errorf("the register loads %s, and %s is pushed", reference, push[len(push)-1])
			}
			if !slices.Contains(compile, "--format="+string(r.register.Spec.Format)) {
				t.Errorf("the register has the format %s, in which nothing is compiled", r.register.Spec.Format)
			}
		})
	}
}

// part is a file of one of the register's own tests.
func part(t *testing.T, name, file string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join(root, "internal", "register", "testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == file {
			return string(f.Data)
		}
	}
	t.Fatalf("%s has no %s", name, file)
	return ""
}
