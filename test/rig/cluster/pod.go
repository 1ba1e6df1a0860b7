package cluster

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// entryPoint is that of the image, which bin/manager stands for.
const entryPoint = "/manager"

// invocation is what a kubelet makes of a pod with one container.
type invocation struct {
	args      []string
	env       []string
	readiness corev1.Probe
	ports     []corev1.ContainerPort
	// grace is how long it may take to end after SIGTERM.
	grace time.Duration
}

// invoke says how to run the only container of a pod. It refuses what a process
// without a container cannot be given.
// Its emptyDirs are folders below scratch.
func invoke(pod *corev1.Pod, address netip.Addr, scratch string) (*invocation, error) {
	if len(pod.Spec.Containers) != 1 || len(pod.Spec.InitContainers) != 0 {
		return nil, errors.New("one container and no init containers are expected")
	}
	container := &pod.Spec.Containers[0]
	folders, err := mounts(pod, container, scratch)
	if err != nil {
		return nil, err
	}
	if len(container.EnvFrom) > 0 {
		return nil, errors.New("envFrom is not supported")
	}
	args := container.Args
	switch c := container.Command; {
	case len(c) > 0 && c[0] != entryPoint:
		return nil, fmt.Errorf("the command is %q; only %s is known", c, entryPoint)
	case len(c) > 0:
		args = append(c[1:len(c):len(c)], args...)
	}
	variables := map[string]string{}
	i := &invocation{ports: container.Ports, grace: 30 * time.Second}
	if container.ReadinessProbe != nil {
		i.readiness = *container.ReadinessProbe
	}
	if s := pod.Spec.TerminationGracePeriodSeconds; s != nil {
		i.grace = time.Duration(*s) * time.Second
	}
	for _, v := range container.Env {
		value := expand(v.Value, variables)
		if v.ValueFrom != nil {
			var err error
			if value, err = valueFrom(v.ValueFrom, pod, container, address); err != nil {
				return nil, fmt.Errorf("variable %s: %w", v.Name, err)
			}
		}
		variables[v.Name] = value
		i.env = append(i.env, v.Name+"="+value)
	}
	if limit := container.Resources.Limits.Memory().Value(); limit > 0 {
		// A process has no control group. The manager takes this from one: internal/manager.
		i.env = append(i.env, fmt.Sprintf("GOMEMLIMIT=%d", limit/10*9))
	}
	for _, arg := range args {
		arg = expand(arg, variables)
		if name, path, ok := strings.Cut(arg, "="); ok && folders[path] != "" {
			arg = name + "=" + folders[path]
		}
		i.args = append(i.args, arg)
	}
	return i, nil
}

// mounts are the folders that stand for what is mounted, by mount path, wherever
// an argument is such a path. The process sees the machine's own /tmp.
func mounts(pod *corev1.Pod, container *corev1.Container, scratch string) (map[string]string, error) {
	volumes := map[string]corev1.Volume{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = v
	}
	folders := map[string]string{}
	for _, m := range container.VolumeMounts {
		switch {
		case strings.HasPrefix(m.MountPath, "/var/run/secrets/kubernetes.io/"): // in KUBECONFIG instead
		case volumes[m.Name].EmptyDir == nil:
			return nil, fmt.Errorf("a process without a container has no mount %s", m.MountPath)
		case m.MountPath != "/tmp":
			folders[m.MountPath] = filepath.Join(scratch, m.Name)
		}
	}
	return folders, nil
}

func valueFrom(s *corev1.EnvVarSource, pod *corev1.Pod, container *corev1.Container, address netip.Addr) (string, error) {
	switch {
	case s.FieldRef != nil:
		return field(s.FieldRef.FieldPath, pod, address)
	case s.ResourceFieldRef != nil:
		return resourceField(s.ResourceFieldRef, container)
	}
	return "", errors.New("only fieldRef and resourceFieldRef are supported")
}

func field(path string, pod *corev1.Pod, address netip.Addr) (string, error) {
	switch path {
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs", "status.hostIP":
		return address.String(), nil
	}
	return "", fmt.Errorf("field %s is not supported", path)
}

func resourceField(s *corev1.ResourceFieldSelector, container *corev1.Container) (string, error) {
	list := container.Resources.Requests
	name, limit := strings.CutPrefix(s.Resource, "limits.")
	if limit {
		list = container.Resources.Limits
	} else {
		name = strings.TrimPrefix(name, "requests.")
	}
	quantity, ok := list[corev1.ResourceName(name)]
	if !ok {
		return "", fmt.Errorf("%s is not set", s.Resource)
	}
	divisor := s.Divisor.MilliValue()
	if divisor == 0 {
		divisor = 1000
	}
	return strconv.FormatInt((quantity.MilliValue()+divisor-1)/divisor, 10), nil
}

// port is the number of a container's port.
func (i *invocation) port(p intstr.IntOrString) (uint16, error) {
	if p.Type == intstr.Int {
		return uint16(p.IntVal), nil //nolint:gosec // the API server has checked the range
	}
	for _, port := range i.ports {
		if port.Name == p.StrVal {
			return uint16(port.ContainerPort), nil //nolint:gosec // as above
		}
	}
	return 0, fmt.Errorf("the container has no port called %q", p.StrVal)
}
