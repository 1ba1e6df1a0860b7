package kinds_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/kinds"
)

func TestTheTableIsOne(t *testing.T) {
	t.Parallel()
	all := slices.Concat(kinds.Workloads(), kinds.Autoscalers(), []kinds.Kind{kinds.Namespace, kinds.Secret, kinds.ServiceAccount})
	seen := map[string]bool{}
	for _, k := range all {
		for _, name := range []string{k.Group + "/" + k.Kind, k.Group + "/" + k.Resource} {
			if seen[name] {
				t.Errorf("%s stands twice", name)
			}
			seen[name] = true
		}
		if (k.Field != nil) != (k.Way == kinds.Set) {
			t.Errorf("%s: a field is what its way is about, or is not", k.Kind)
		}
		if k.Way == kinds.Impossible {
			t.Errorf("%s: nothing suspends it, so it would run on", k.Kind)
		}
	}
	for _, k := range kinds.Workloads() {
		if kinds.Find(kinds.Resource{Group: k.Group, Resource: k.Resource}) == nil {
			t.Errorf("%s is not found", k.Kind)
		}
	}
}

// Growth and the record on an object go by the name of a field alone.
func TestFieldsOfOneNameAreAlike(t *testing.T) {
	t.Parallel()
	byName := map[string]kinds.Field{}
	for _, k := range kinds.Workloads() {
		if k.Field == nil {
			continue
		}
		f := *k.Field
		name := f.Path[len(f.Path)-1]
		f.Path = nil
		if known, ok := byName[name]; ok {
			if diff := cmp.Diff(known, f); diff != "" {
				t.Errorf("%s of %s is another than that of a kind before it:\n%s", name, k.Kind, diff)
			}
		}
		byName[name] = f
		if !k.Field.MayHold(k.Field.Default) || !k.Field.MayHold(nil) {
			t.Errorf("%s: what was not there could not be given back", k.Kind)
		}
	}
}

func TestNoNodeHasTheLabelOfWhatIsSuspended(t *testing.T) {
	t.Parallel()
	if kinds.NoNode != v1alpha1.SuspendedLabel {
		t.Errorf("a DaemonSet is sent to %s, which is not %s", kinds.NoNode, v1alpha1.SuspendedLabel)
	}
}

func TestPlaceholdersAreTheKeysThatMustBeThere(t *testing.T) {
	t.Parallel()
	for secretType, want := range map[corev1.SecretType][]string{
		corev1.SecretTypeTLS:              {corev1.TLSCertKey, corev1.TLSPrivateKeyKey},
		corev1.SecretTypeDockerConfigJson: {corev1.DockerConfigJsonKey},
		corev1.SecretTypeDockercfg:        {corev1.DockerConfigKey},
		corev1.SecretTypeBasicAuth:        {corev1.BasicAuthPasswordKey, corev1.BasicAuthUsernameKey},
		corev1.SecretTypeSSHAuth:          {corev1.SSHAuthPrivateKey},
		corev1.SecretTypeOpaque:           nil,
	} {
		var got []string
		for key, value := range kinds.Placeholders(string(secretType)) {
			got = append(got, key)
			if _, err := base64.StdEncoding.DecodeString(value); err != nil {
				t.Errorf("%s of %s: %v", key, secretType, err)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", secretType, diff)
		}
	}
}
