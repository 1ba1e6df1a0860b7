package translate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/source"
	"github.com/domicile-dev/domicile/internal/translate"
)

func registerFrom(t *testing.T, spec string) *v1alpha1.OwnershipRegister {
	t.Helper()
	r := &v1alpha1.OwnershipRegister{ObjectMeta: metav1.ObjectMeta{Name: "lei"}}
	if err := yaml.UnmarshalStrict([]byte(spec), &r.Spec); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegister(t *testing.T) {
	t.Parallel()
	const sum = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for _, row := range []struct {
		reason, spec string
		want         translate.RegisterSpec
	}{
		{"defaults", "{format: BODS, source: {file: {paths: [uk/*.json]}}}", translate.RegisterSpec{
			Source:   source.Spec{Paths: []string{"uk/*.json"}},
			Options:  register.Options{Format: register.BODS, MaxRefused: ownership.Whole / 100},
			Interval: 24 * time.Hour,
		}},
		{"every field", "{format: GLEIF, source: {https: {urls: ['https://data.example/a?b=c']}}, interval: 90m, consolidation: Ignored, branches: Ignored, maxRefused: '0.5', checksum: '" + sum + "'}", translate.RegisterSpec{
			Source:   source.Spec{URLs: []string{"https://data.example/a?b=c"}, Checksum: sum},
			Options:  register.Options{Format: register.GLEIF, Consolidation: register.Ignored, Branches: register.BranchesIgnored, MaxRefused: ownership.Whole / 200},
			Interval: 90 * time.Minute,
		}},
		{"an artifact, of which the checksum is the manifest's", "{format: FollowTheMoney, source: {oci: {reference: 'registry.example/a:1'}}, checksum: '" + sum + "'}", translate.RegisterSpec{
			Source:   source.Spec{Reference: "registry.example/a:1", Checksum: sum},
			Options:  register.Options{Format: register.FollowTheMoney, MaxRefused: ownership.Whole / 100},
			Interval: 24 * time.Hour,
		}},
	} {
		got, errs := translate.Register(registerFrom(t, row.spec))
		if diff := cmp.Diff(row.want, got); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", row.reason, errs, diff)
		}
	}
}

// TestRegisterRefuses what the CRD cannot see, and once more what it can: an
// object may be older than the CRD.
func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ reason, spec, want string }{
		{"no source", "{format: BODS, source: {}}", "spec.source: "},
		{"two sources", "{format: BODS, source: {file: {paths: [a]}, oci: {reference: 'r.example/a:1'}}}", "spec.source: "},
		{"no format", "{source: {file: {paths: [a]}}}", "spec.format: "},
		{"a pattern that cannot be read", "{format: BODS, source: {file: {paths: ['[a']}}}", "spec.source.file.paths[0]: "},
		{"out of the folder", "{format: BODS, source: {file: {paths: ['../a']}}}", "spec.source.file.paths[0]: "},
		{"out of the folder", "{format: BODS, source: {file: {paths: ['a/../../b']}}}", "spec.source.file.paths[0]: "},
		{"from the root", "{format: BODS, source: {file: {paths: [/etc/passwd]}}}", "spec.source.file.paths[0]: "},
		{"no file", "{format: BODS, source: {file: {paths: []}}}", "spec.source.file.paths: "},
		{"in plain text", "{format: BODS, source: {https: {urls: ['http://data.example/a']}}}", "spec.source.https.urls[0]: "},
		{"a password", "{format: BODS, source: {https: {urls: ['https://u:hidden@data.example/a']}}}", "spec.source.https.urls[0]: "},
		{"where clouds keep credentials", "{format: BODS, source: {https: {urls: ['https://169.254.169.254/a']}}}", "spec.source.https.urls[0]: "},
		{"the same, in IPv6", "{format: BODS, source: {https: {urls: ['https://[fd00:ec2::254]/a']}}}", "spec.source.https.urls[0]: "},
		{"the same, mapped", "{format: BODS, source: {https: {urls: ['https://[::ffff:169.254.169.254]:1/a']}}}", "spec.source.https.urls[0]: "},
		{"the same, of a registry", "{format: BODS, source: {oci: {reference: '169.254.169.254:443/a:1'}}}", "spec.source.oci.reference: "},
		{"no tag", "{format: BODS, source: {oci: {reference: r.example/a}}}", "spec.source.oci.reference: "},
		{"a digest that is cut short", "{format: BODS, source: {oci: {reference: 'r.example/a@sha256:12'}}}", "spec.source.oci.reference: "},
		{"consolidation of BODS", "{format: BODS, source: {file: {paths: [a]}}, consolidation: Ignored}", "spec.consolidation: "},
		{"branches of BODS", "{format: BODS, source: {file: {paths: [a]}}, branches: SameParty}", "spec.branches: "},
		{"a rule for branches that is none", "{format: GLEIF, source: {file: {paths: [a]}}, branches: Half}", "spec.branches: "},
		{"checksum of two files", "{format: BODS, source: {file: {paths: [a, b]}}, checksum: 'sha256:" + strings.Repeat("0", 64) + "'}", "spec.checksum: "},
		{"checksum in upper case", "{format: BODS, source: {file: {paths: [a]}}, checksum: 'sha256:" + strings.Repeat("A", 64) + "'}", "spec.checksum: "},
		{"too often", "{format: BODS, source: {file: {paths: [a]}}, interval: 1s}", "spec.interval: "},
		{"more than all", "{format: BODS, source: {file: {paths: [a]}}, maxRefused: '101'}", "spec.maxRefused: "},
	} {
		_, errs := translate.Register(registerFrom(t, row.spec))
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), row.want) {
			t.Errorf("%s: got %v, want one error about %q", row.reason, errs, row.want)
		}
		if strings.Contains(errs.ToAggregate().Error(), "hidden") {
			t.Errorf("%s: the message has a password: %v", row.reason, errs)
		}
	}
	long := registerFrom(t, "{format: BODS, source: {file: {paths: [a]}}}")
	long.Name = strings.Repeat("a", 60)
	if _, errs := translate.Register(long); len(errs) != 1 || errs[0].Field != "metadata.name" {
		t.Errorf("a name that no scheme has room for: %v", errs)
	}
}
