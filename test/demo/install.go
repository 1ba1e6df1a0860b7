package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// install installs the chart and waits until the managers serve.
func (t *teller) install(ctx context.Context, s settings) error {
	if s.kubeconfig != "" {
		if err := t.tidy(ctx); err != nil {
			return err
		}
	}
	t.narrator.chapter("Install Domicile with its Helm chart, three replicas.")
	args, err := t.chart(s)
	if err != nil {
		return err
	}
	if err := t.helm(ctx, admitted("STATUS: deployed"), args...); err != nil {
		return err
	}
	if s.kubeconfig != "" {
		if err := t.kubectl(ctx, admitted("created"), "create", "configmap", configMap, "--from-file="+registers+"/demo", "--namespace", namespace); err != nil {
			return err
		}
	} else {
		if t.manager, err = t.cluster.RunManager(ctx, namespace, "domicile"); err != nil {
			return err
		}
		if err := t.startGateway(ctx); err != nil {
			return err
		}
		t.narrator.answer(fmt.Sprintf("The nodes here are simulated: bin/manager runs %d times on this machine with what the Deployment says.", t.manager.Replicas()))
	}
	return t.rolledOut(ctx)
}

func (t *teller) rolledOut(ctx context.Context) error {
	return t.kubectl(ctx, admitted("successfully rolled out"),
		"rollout", "status", "deployment/domicile", "--namespace", namespace, "--timeout=90s")
}

// chart are helm's arguments to install or upgrade the chart.
func (t *teller) chart(s settings, more ...string) ([]string, error) {
	values := []string{"suspension.enabled=true"}
	if s.image != "" {
		repository, tag := splitImage(s.image)
		values = append(values, "image.repository="+repository, "image.tag="+tag)
	}
	if s.kubeconfig == "" {
		// Processes have no volumes: they read the folder itself.
		folder, err := filepath.Abs(registers)
		if err != nil {
			return nil, err
		}
		values = append(values, "extraArgs[0]=--register-dir="+folder, "gateway.enabled=true", "gateway.replicas=1")
	} else {
		values = append(values, "registers.volumes[0].name=demo", "registers.volumes[0].configMap.name="+configMap)
	}
	return t.cluster.ChartArgs(namespace, append(values, more...)...)
}

// The demo's registers: their folder here, and the ConfigMap in a cluster that was
// there before.
const (
	registers = "test/demo/registers"
	configMap = "demo-registers"
)

// splitImage is the repository and the tag of an image; the tag may be empty.
func splitImage(image string) (repository, tag string) {
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i+1:]
	}
	return image, "latest"
}

// tidy removes what an earlier demo has left in a cluster that was there before.
// The kinds are not there the first time.
func (t *teller) tidy(ctx context.Context) error {
	r, err := t.cluster.Kubectl(ctx, "", deleteEverything()...)
	if err != nil {
		return err
	}
	if r.Code != 0 && !strings.Contains(r.Stderr, "no matches for kind") {
		return fmt.Errorf("remove what an earlier demo has left: %s", r.Stderr)
	}
	r, err = t.cluster.Kubectl(ctx, "", "delete", "--ignore-not-found", "configmap", configMap, "--namespace", namespace)
	if err == nil && r.Code != 0 {
		err = fmt.Errorf("remove what an earlier demo has left: %s", r.Stderr)
	}
	return err
}

// deleteEverything are kubectl's arguments to delete what the story creates.
func deleteEverything() []string {
	return []string{
		"delete", "--ignore-not-found", "-f", "test/demo/policy.yaml", "-f", "test/demo/meridian.yaml",
		"-f", "test/demo/lantern-sold.yaml", "-f", "test/demo/lantern.yaml",
		"-f", registers + "/workload.yaml", "-f", registers + "/registers.yaml",
		"-f", notice + "/exemption.yaml", "-f", notice + "/policy.yaml", "-f", notice + "/harbour.yaml",
		"-f", notice + "/approver.yaml",
	}
}

// uninstall leaves a cluster that was there before as it was, but for the CRDs,
// which the chart keeps on purpose.
func (t *teller) uninstall(ctx context.Context) error {
	t.narrator.chapter("Remove what the demo has installed.")
	if err := t.kubectl(ctx, admitted("deleted"), deleteEverything()...); err != nil {
		return err
	}
	if err := t.helm(ctx, admitted("uninstalled"), "uninstall", "domicile", "--namespace", namespace); err != nil {
		return err
	}
	return t.kubectl(ctx, admitted("deleted"), "delete", "configmap", configMap, "--namespace", namespace)
}
