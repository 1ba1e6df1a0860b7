package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
)

// withPlugin is what starts Open Policy Agent with its plugin, and with the list in files.
func (r *rig) withPlugin(ctx context.Context, address string) ([]string, error) {
	keys, restricted := map[string]string{}, map[string]bool{}
	for i := range r.o.many {
		digest := sha256.Sum256([]byte(key(i)))
		keys[hex.EncodeToString(digest[:])] = tenant(i % r.o.tenants)
	}
	for i := 1; i < r.o.tenants; i += restrictedEvery {
		restricted[tenant(i)] = true
	}
	text, err := json.Marshal(map[string]any{"keys": keys, "restricted": restricted})
	if err != nil {
		return nil, err
	}
	data, policy := filepath.Join(r.folder, "data.json"), filepath.Join("test", "bench", "gateway", "opa", "policy.rego") // that of bench-opa
	if err := os.WriteFile(data, text, 0o600); err != nil {
		return nil, err
	}
	web, err := freeAddress(ctx)
	return []string{
		r.o.opa, "run", "--server", "--addr=" + web.String(), "--disable-telemetry", "--log-level=error",
		"--set=plugins.envoy_ext_authz_grpc.addr=" + address, "--set=plugins.envoy_ext_authz_grpc.path=envoy/authz/allow", data, policy,
	}, err
}
