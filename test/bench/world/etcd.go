package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// etcd is the store of the control plane, by the JSON that it speaks besides
// gRPC.
type etcd struct {
	url    string
	client *http.Client
}

// keyValue is a key and its value, or a request to write it; base64 in JSON.
type keyValue struct {
	Key   []byte `json:"key"`
	Value []byte `json:"value"`
}

// etcdTimeout is how long one request may take.
const etcdTimeout = time.Minute

// findEtcd reads from its command line where it listens.
func (r *rig) findEtcd() (*etcd, error) {
	pid, err := r.PID("etcd")
	if err != nil {
		return nil, err
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil, fmt.Errorf("this needs a system that has /proc, as Linux does: %w", err)
	}
	for arg := range strings.SplitSeq(string(line), "\x00") {
		if url, ok := strings.CutPrefix(arg, "--listen-client-urls="); ok {
			return &etcd{url: url, client: &http.Client{Timeout: etcdTimeout}}, nil
		}
	}
	return nil, errors.New("etcd does not say where it listens")
}

func (e *etcd) ask(ctx context.Context, path string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := e.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("etcd %s: %s: %.200s", path, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// get reads one key.
func (e *etcd) get(ctx context.Context, key string) ([]byte, error) {
	var answer struct {
		KVs []keyValue `json:"kvs"`
	}
	if err := e.ask(ctx, "/v3/kv/range", keyValue{Key: []byte(key)}, &answer); err != nil {
		return nil, err
	}
	if len(answer.KVs) != 1 {
		return nil, fmt.Errorf("etcd has no %s", key)
	}
	return answer.KVs[0].Value, nil
}

// put writes a key, and says at which revision. One revision has one key, as those of the
// API server have: when several have the same, it finds its cache inconsistent with etcd,
// and reads lists from there for some minutes.
func (e *etcd) put(ctx context.Context, kv keyValue) (revision string, err error) {
	var answer struct {
		Header struct {
			Revision string `json:"revision"`
		} `json:"header"`
	}
	if err := e.ask(ctx, "/v3/kv/put", kv, &answer); err != nil {
		return "", err
	}
	return answer.Header.Revision, nil
}
