package cluster

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

const podManifest = `
metadata: {name: domicile-abc, namespace: domicile-system}
spec:
  nodeName: node-1
  serviceAccountName: domicile
  terminationGracePeriodSeconds: 7
  volumes:
    - {name: scratch, emptyDir: {}}
    - {name: cache, emptyDir: {}}
    - {name: token, projected: {sources: []}}
  containers:
    - name: manager
      args: ["--bind=[$(POD_IP)]:9443", "--who=$(WHO)", "--memory=$(MEMORY)", --cache=/cache]
      env:
        - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: WHO, value: "$(POD_NAME)@$(LATER)"}
        - {name: LATER, value: x}
        - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
      resources: {limits: {memory: 512Mi}}
      ports: [{name: webhook, containerPort: 9443}]
      readinessProbe: {httpGet: {path: /readyz, port: 8081}}
      volumeMounts:
        - {name: scratch, mountPath: /tmp}
        - {name: cache, mountPath: /cache}
        - {name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}
`

func pod(t *testing.T, manifest string) *corev1.Pod {
	t.Helper()
	var p corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(manifest), &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

func TestInvokeDoesWhatAKubeletWould(t *testing.T) {
	i, err := invoke(pod(t, podManifest), netip.MustParseAddr("127.1.100.10"), "/scratch")
	if err != nil {
		t.Fatal(err)
	}
	// A variable refers to those before it, and to nothing after it.
	wantArgs := []string{"--bind=[127.1.100.10]:9443", "--who=domicile-abc@$(LATER)", "--memory=512", "--cache=/scratch/cache"}
	if diff := cmp.Diff(wantArgs, i.args); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	wantEnv := []string{"POD_IP=127.1.100.10", "POD_NAME=domicile-abc", "WHO=domicile-abc@$(LATER)", "LATER=x", "MEMORY=512", "GOMEMLIMIT=483183819"}
	if diff := cmp.Diff(wantEnv, i.env); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if i.grace != 7*time.Second {
		t.Errorf("grace period %s", i.grace)
	}
	if port, err := i.port(intstr.FromString("webhook")); port != 9443 || err != nil {
		t.Errorf("port webhook: %d, %v", port, err)
	}
	if port, err := i.port(intstr.FromString("nothing")); err == nil {
		t.Errorf("port nothing: %d", port)
	}
}

func TestInvokeRefusesWhatAProcessCannotHave(t *testing.T) {
	for _, test := range []struct{ reason, old, new, want string }{
		{"a mounted certificate would not be there", "{name: cache, emptyDir: {}}", "{name: cache, secret: {secretName: certs}}", "/cache"},
		{"only an emptyDir is what /tmp is", "emptyDir: {}", "hostPath: {path: /}", "/tmp"},
		{"another program would run in a cluster", "- name: manager", "- name: manager\n      command: [sh]", "sh"},
		{"a Secret in the environment is not resolved", "fieldRef: {fieldPath: metadata.name}", "secretKeyRef: {name: a, key: b}", "POD_NAME"},
		{"a field that is not known here", "metadata.name}", "metadata.labels}", "metadata.labels"},
	} {
		changed := strings.Replace(podManifest, test.old, test.new, 1)
		if _, err := invoke(pod(t, changed), netip.MustParseAddr("127.1.100.10"), "/scratch"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.reason, err, test.want)
		}
	}
}
