package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ReportAPI is a kind of reports.
type ReportAPI string

// The kinds of reports.
const (
	// OpenReports are Reports and ClusterReports of openreports.io/v1alpha1.
	OpenReports ReportAPI = "openreports.io"
	// PolicyReports are PolicyReports and ClusterPolicyReports of
	// wgpolicyk8s.io/v1alpha2, for older dashboards.
	PolicyReports ReportAPI = "wgpolicyk8s.io"
	// NoReports writes none.
	NoReports ReportAPI = "none"
)

// Known says whether there is such a kind.
func (a ReportAPI) Known() bool {
	_, ok := reportAPIs[a]
	return ok
}

// reportKinds are the two kinds of an API: for namespaces and for the cluster.
type reportKinds struct {
	version    schema.GroupVersion
	kinds      [2]string
	resources  [2]string
	topOfTheir map[string]any // fields that only this API has
}

const (
	perNamespace = 0
	perCluster   = 1
)

var reportAPIs = map[ReportAPI]*reportKinds{
	OpenReports: {
		version:   schema.GroupVersion{Group: "openreports.io", Version: "v1alpha1"},
		kinds:     [2]string{"Report", "ClusterReport"},
		resources: [2]string{"reports", "clusterreports"},
		topOfTheir: map[string]any{
			"source":        reportSource,
			"configuration": map[string]any{"limits": map[string]any{"maxResults": int64(maxResults)}},
		},
	},
	PolicyReports: {
		version:   schema.GroupVersion{Group: "wgpolicyk8s.io", Version: "v1alpha2"},
		kinds:     [2]string{"PolicyReport", "ClusterPolicyReport"},
		resources: [2]string{"policyreports", "clusterpolicyreports"},
	},
	NoReports: nil,
}

const (
	// reportName is the name of all reports.
	reportName = "domicile"
	// reportSource is the source of all results: dashboards group by it.
	reportSource = "Domicile"
	// reportCategory is the category of all results.
	reportCategory = "Tenant residency"

	// managedBy and its value mark the reports, so that they are found again.
	managedBy, managedByValue = "app.kubernetes.io/managed-by", "domicile"
	// leftOutAnnotation counts the results that did not fit into a report.
	leftOutAnnotation = "domicile.dev/left-out"
	// contentAnnotation identifies what a report says, whenever that was found.
	contentAnnotation = "domicile.dev/content"
)

// of says which of the kinds a namespace has.
func of(namespace string) int {
	if namespace == "" {
		return perCluster
	}
	return perNamespace
}

func (k *reportKinds) resource(namespace string) schema.GroupVersionResource {
	return k.version.WithResource(k.resources[of(namespace)])
}

// report makes the report of a namespace, or of the cluster (""), without the
// times at which things were found.
func (k *reportKinds) report(namespace string, f *findings) (*unstructured.Unstructured, error) {
	results := make([]any, 0, len(f.first))
	for _, one := range f.first {
		results = append(results, one.asResult())
	}
	content := map[string]any{
		"results": results,
		"summary": map[string]any{"pass": int64(0), "fail": int64(f.fail), "warn": int64(f.warn), "error": int64(0), "skip": int64(0)},
	}
	for field, value := range k.topOfTheir {
		content[field] = value
	}
	text, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("encode a report: %w", err)
	}
	hash := sha256.Sum256(text)
	u := &unstructured.Unstructured{Object: content}
	u.SetGroupVersionKind(k.version.WithKind(k.kinds[of(namespace)]))
	u.SetNamespace(namespace)
	u.SetName(reportName)
	u.SetLabels(map[string]string{managedBy: managedByValue})
	annotations := map[string]string{contentAnnotation: hex.EncodeToString(hash[:16])}
	if left := f.total() - len(f.first); left > 0 {
		annotations[leftOutAnnotation] = strconv.Itoa(left)
	}
	u.SetAnnotations(annotations)
	return u, nil
}

// asResult writes a finding as reports do.
func (f *finding) asResult() map[string]any {
	object := map[string]any{"apiVersion": f.object.APIVersion, "kind": f.object.Kind, "name": f.object.Name, "uid": string(f.object.UID)}
	if f.object.Namespace != "" {
		object["namespace"] = f.object.Namespace
	}
	severity := "medium"
	if f.result == resultFail {
		severity = "high"
	}
	return map[string]any{
		"source": reportSource, "policy": f.policy, "rule": f.reason, "category": reportCategory,
		"severity": severity, "result": f.result, "scored": true,
		"resources": []any{object}, "message": f.message, "properties": f.properties(),
	}
}

// date gives each result the time at which it was found first: that which an
// earlier report has for it, or now.
func date(report, earlier *unstructured.Unstructured, now int64) {
	known := map[string]any{}
	if earlier != nil {
		for _, r := range resultsOf(earlier) {
			known[identify(r)] = r["timestamp"]
		}
	}
	for _, r := range resultsOf(report) {
		r["timestamp"] = map[string]any{"seconds": now, "nanos": int64(0)}
		if at, ok := known[identify(r)].(map[string]any); ok {
			r["timestamp"] = at
		}
	}
}

func resultsOf(u *unstructured.Unstructured) []map[string]any {
	items, _ := u.Object["results"].([]any)
	out := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// identify says what a result is about.
func identify(result map[string]any) string {
	uid := ""
	if objects, _ := result["resources"].([]any); len(objects) > 0 {
		object, _ := objects[0].(map[string]any)
		uid, _ = object["uid"].(string)
	}
	return fmt.Sprint(uid, " ", result["policy"], " ", result["rule"])
}
