package filled

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

// Etcd is the store of a control plane, by the JSON that it speaks besides gRPC.
type Etcd struct {
	url    string
	client *http.Client
}

// KeyValue is a key and its value, or a request to write it; base64 in JSON.
type KeyValue struct {
	Key   []byte `json:"key"`
	Value []byte `json:"value"`
}

// etcdTimeout is how long one request may take.
const etcdTimeout = time.Minute

// FindEtcd reads from the command line of a process where it listens.
func FindEtcd(pid int) (*Etcd, error) {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil, fmt.Errorf("this needs a system that has /proc, as Linux does: %w", err)
	}
	for arg := range strings.SplitSeq(string(line), "\x00") {
		if url, ok := strings.CutPrefix(arg, "--listen-client-urls="); ok {
			return &Etcd{url: url, client: &http.Client{Timeout: etcdTimeout}}, nil
		}
	}
	return nil, errors.New("etcd does not say where it listens")
}

func (e *Etcd) ask(ctx context.Context, path string, question, answer any) error {
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

// Get reads one key.
func (e *Etcd) Get(ctx context.Context, key string) ([]byte, error) {
	var answer struct {
		KVs []KeyValue `json:"kvs"`
	}
	if err := e.ask(ctx, "/v3/kv/range", KeyValue{Key: []byte(key)}, &answer); err != nil {
		return nil, err
	}
	if len(answer.KVs) != 1 {
		return nil, fmt.Errorf("etcd has no %s", key)
	}
	return answer.KVs[0].Value, nil
}

// Put writes a key, and says at which revision. One revision has one key, as those of the
// API server have: when several have the same, it finds its cache inconsistent with etcd,
// and reads lists from there for some minutes.
func (e *Etcd) Put(ctx context.Context, kv KeyValue) (revision string, err error) {
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
