package gitops

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// definitions installs the CustomResourceDefinitions of a tool.
func (w *world) definitions(ctx context.Context, tool string) error {
	folder, err := filepath.Abs(filepath.Join(root, "bin", "gitops", "crds", tool))
	if err != nil {
		return err
	}
	if _, err := os.Stat(folder); err != nil {
		return errors.New(folder + ` is not there: run "make bin/gitops" first`)
	}
	for _, args := range [][]string{
		{"apply", "--server-side", "-f", folder},
		{"wait", "--for=condition=Established", "-f", folder, "--timeout=60s"},
	} {
		r, err := w.Kubectl(ctx, "", args...)
		if err == nil && r.Code != 0 {
			err = errors.New(r.Stderr)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cast are a namespace and ServiceAccounts in it. The first is a cluster admin, as both
// tools install what applies.
func cast(namespace, admin string, others ...string) string {
	manifests := `
{apiVersion: v1, kind: Namespace, metadata: {name: ` + namespace + `}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ` + admin + `}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: ` + admin + `, namespace: ` + namespace + `}]
`
	for _, account := range append(others, admin) {
		manifests += `---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: ` + account + `, namespace: ` + namespace + `}}
`
	}
	return manifests
}
