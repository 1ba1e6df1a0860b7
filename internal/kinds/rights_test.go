package kinds_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/kinds"
)

const root = "../.."

// grants are the verbs of the ClusterRoles in a file, by group and resource.
// Rules for some names only are left out.
func grants(t *testing.T, file string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	verbs := map[string][]string{}
	for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
		var role rbacv1.ClusterRole
		if err := yaml.Unmarshal(document, &role); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if role.Kind != "ClusterRole" {
			continue
		}
		for _, rule := range role.Rules {
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					if len(rule.ResourceNames) == 0 {
						verbs[group+"/"+resource] = append(verbs[group+"/"+resource], rule.Verbs...)
					}
				}
			}
		}
	}
	return verbs
}

// want are rights as grants writes them.
func want(rights ...[]kinds.Right) map[string][]string {
	verbs := map[string][]string{}
	for _, r := range slices.Concat(rights...) {
		for _, resource := range r.Resources {
			key := r.Group + "/" + resource
			verbs[key] = slices.Compact(slices.Sorted(slices.Values(append(verbs[key], r.Verbs...))))
		}
	}
	return verbs
}

// about are the grants about resources that the table has, with their
// subresources.
func about(granted map[string][]string) map[string][]string {
	out := map[string][]string{}
	for _, k := range slices.Concat(kinds.Workloads(), kinds.Autoscalers(), []kinds.Kind{kinds.Secret}) {
		for key, verbs := range granted {
			if name := k.Group + "/" + k.Resource; key == name || strings.HasPrefix(key, name+"/") {
				out[key] = slices.Sorted(slices.Values(verbs))
			}
		}
	}
	return out
}

func TestRolesGrantWhatTheTableSays(t *testing.T) {
	t.Parallel()
	// Admission reads whose the Secrets are that a workload uses.
	secrets := []kinds.Right{{Resources: []string{"secrets"}, Verbs: []string{"get"}}}
	for file, rights := range map[string]map[string][]string{
		"charts/domicile/files/role.yaml":            want(kinds.AuditRights(), kinds.AdmissionRights(), secrets),
		"config/rbac/manager.yaml":                   want(kinds.AuditRights(), kinds.AdmissionRights(), secrets),
		"charts/domicile/files/suspension/role.yaml": want(kinds.SuspensionRights()),
	} {
		if diff := cmp.Diff(rights, about(grants(t, file))); diff != "" {
			t.Errorf("%s: `make generate` was not called (-table +file):\n%s", file, diff)
		}
	}
}

// What is not granted beyond that is not needed by the table either.
func TestTheMainRoleChangesNoWorkload(t *testing.T) {
	t.Parallel()
	for resource, verbs := range about(grants(t, "charts/domicile/files/role.yaml")) {
		if slices.ContainsFunc(verbs, func(verb string) bool {
			return verb != "get" && verb != "list" && (verb != "watch" || resource != "/secrets")
		}) {
			t.Errorf("without suspension the manager may %v %s", verbs, resource)
		}
	}
}

// controller-gen reads no marker above a declaration in parentheses, and says
// nothing.
var unread = regexp.MustCompile(`(?m)^// ?\+kubebuilder:rbac:.*\n(//.*\n)*(var|const|type) \(`)

func TestEveryMarkerIsRead(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "bin" || strings.HasPrefix(entry.Name(), ".") && path != root) {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err == nil && unread.Match(source) {
			t.Errorf("%s: nobody reads a marker right above a declaration in parentheses", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
