package kinds_test

import (
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// schemaOf writes a schema out that is given in short: a field that has fields is an
// object, + a list, * a map, and open one that may hold anything.
func schemaOf(t *testing.T, short string) map[string]any {
	t.Helper()
	var fields map[string]any
	if err := yaml.Unmarshal([]byte(short), &fields); err != nil {
		t.Fatal(err)
	}
	return objectOf(fields)
}

func objectOf(fields map[string]any) map[string]any {
	properties := map[string]any{}
	for name, field := range fields {
		var of any
		if list, ok := strings.CutSuffix(name, "+"); ok {
			name, of = list, map[string]any{"type": "array", "items": shapeOf(field)}
		} else if values, ok := strings.CutSuffix(name, "*"); ok {
			name, of = values, map[string]any{"type": "object", "additionalProperties": shapeOf(field)}
		} else {
			of = shapeOf(field)
		}
		properties[name] = of
	}
	return map[string]any{"type": "object", "properties": properties}
}

func shapeOf(field any) map[string]any {
	switch field := field.(type) {
	case map[string]any:
		return objectOf(field)
	case string:
		if field == "open" {
			return map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}
		}
	}
	return map[string]any{"type": "string"}
}

// The rows have those parts of real definitions that decide.
func TestWhichSchemasHoldPods(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		schema string
		want   bool
		reason string
	}{
		"JobSet":             {`spec: {replicatedJobs+: {replicas: n, template: {spec: {template: {spec: {containers+: {name: s, image: s}}}}}}}`, true, "a pod template in a list"},
		"LeaderWorkerSet":    {`spec: {leaderWorkerTemplate: {workerTemplate: {spec: {containers+: {name: s, image: s}}}}}`, true, "a pod template"},
		"RayCluster":         {`spec: {workerGroupSpecs+: {template: {spec: {containers+: {image: s}}}}}`, true, "a pod template in a list"},
		"PyTorchJob":         {`spec: {pytorchReplicaSpecs*: {template: {spec: {containers+: {image: s}}}}}`, true, "a pod template in a map"},
		"InferenceService":   {`spec: {predictor: {containers+: {image: s}}}`, true, "a pod spec by another name"},
		"Rollout":            {`spec: {template: {spec: {containers+: {command: s}}}}`, true, "a pod template"},
		"Knative Service":    {`spec: {template: {spec: {containers+: {image: s}}}}`, true, "a pod template"},
		"ScaledJob":          {`spec: {jobTargetRef: {template: {spec: {containers+: {image: s}}}}}`, true, "the template of a Job"},
		"Task":               {`spec: {steps+: {name: s, image: s, command: s}}`, true, "steps are containers"},
		"SparkApplication":   {`spec: {image: s, driver: {template: open}}`, true, "a template that may hold anything"},
		"Volcano Job":        {`spec: {tasks+: {replicas: n, template: {spec: {containers+: {image: s}}}}}`, true, "tasks have templates"},
		"Workflow":           {`spec: {templates+: {container: {image: s, args: s}}}`, true, "one container"},
		"NIMService":         {`spec: {image: {repository: s, tag: s, pullPolicy: s}, replicas: n}`, true, "an image and how often"},
		"MPIJob":             {`spec: {mpiReplicaSpecs*: {template: {spec: {containers+: {image: s}}}}}`, true, "a pod template in a map"},
		"Server of Seldon":   {`spec: {podSpec: {containers+: {image: s}}}`, true, "a pod spec"},
		"Prometheus":         {`spec: {containers+: {name: s, image: s}, replicas: n}`, true, "it is a workload"},
		"Elasticsearch":      {`spec: {nodeSets+: {count: n, podTemplate: open}}`, true, "a template that may hold anything"},
		"ContainerSource":    {`spec: {template: open}`, true, "a template that may hold anything"},
		"only metadata":      {`spec: {template: {metadata: {labels: s}, spec: open}}`, true, "the spec of a template that may hold anything"},
		"PostgreSQL cluster": {`spec: {imageName: s, instances: n}`, true, "an image and how often"},
		"open containers":    {`spec: {containers+: open}`, true, "containers that are not described"},

		"Certificate":         {`spec: {secretTemplate: {annotations*: s, labels*: s}, secretName: s}`, false, "a template of a Secret"},
		"Issuer":              {`spec: {acme: {solvers+: {http01: {ingress: {podTemplate: {spec: {imagePullSecrets+: {name: s}, nodeSelector*: s}}}}}}}`, false, "nobody chooses what runs in that Pod, and certificates must be issued in an outage"},
		"Gateway":             {`spec: {gatewayClassName: s, listeners+: {port: n}}`, false, "a route runs nothing"},
		"ServiceMonitor":      {`spec: {endpoints+: {port: s, path: s}, selector: {matchLabels*: s}}`, false, "it runs nothing"},
		"ExternalSecret":      {`spec: {target: {template: {data*: s, metadata: {annotations*: s}}}}`, false, "a template of a Secret: it is covered by its name"},
		"NodePool":            {`spec: {template: {spec: {taints+: {key: s}, nodeClassRef: {kind: s}}}, limits: open}`, false, "a template of a node"},
		"MachineDeployment":   {`spec: {replicas: n, template: {spec: {bootstrap: {configRef: {kind: s}}}}}`, false, "a template of a machine"},
		"KubeadmConfig":       {`spec: {initConfiguration: {nodeRegistration: {imagePullPolicy: s, imagePullSerial: b}}}`, false, "how a node pulls what others run"},
		"BareMetalHost":       {`spec: {image: {url: s, checksum: s}, bootMACAddress: s}`, false, "the image of a machine"},
		"ImageRepository":     {`spec: {image: s, interval: s, secretRef: {name: s}}`, false, "an image that is scanned"},
		"VerticalAutoscaler":  {`spec: {resourcePolicy: {containerPolicies+: {containerName: s}}}`, false, "it names containers"},
		"containers by name":  {`spec: {containers+: {name: s}}`, false, "it names containers"},
		"Broker":              {`spec: {channelTemplate: open}`, false, "a template of something else"},
		"StatefulSet volumes": {`spec: {volumeClaimTemplate: open}`, false, "a template of a claim"},
		"a template of a ref": {`spec: {template: {apiVersion: s, kind: s, spec: open}}`, false, "it says of which kind it is"},
		"HelmRelease":         {`spec: {chart: {spec: {chart: s}}, values: open}`, false, "values may mean anything"},
		"Application":         {`spec: {source: {kustomize: {images+: s, replicas+: {name: s, count: n}}}}`, false, "names of images"},
		"only in status":      {`status: {template: {spec: {containers+: {image: s}}}}`, false, "status is what there is"},
		"nothing is said":     {`spec: open`, false, "it may be of any kind: most run nothing"},
	} {
		if got := kinds.HoldsPods(schemaOf(t, tc.schema)); got != tc.want {
			t.Errorf("%s: holds Pods: %t, want %t: %s", name, got, tc.want, tc.reason)
		}
	}
}

func TestASchemaIsReadWithinBounds(t *testing.T) {
	t.Parallel()
	deep := map[string]any{"type": "object"}
	for range 200 {
		deep = map[string]any{"type": "object", "properties": map[string]any{"next": deep}}
	}
	if !kinds.HoldsPods(deep) {
		t.Error("a schema that is too deep to be read is one that holds nothing")
	}
	properties := map[string]any{}
	wide := map[string]any{"type": "object", "properties": map[string]any{"spec": map[string]any{"type": "object", "properties": properties}}}
	for i := range 600_000 {
		properties[strconv.Itoa(i)] = map[string]any{"type": "string"}
		if i == 100_000 && kinds.HoldsPods(wide) {
			t.Error("a schema of any size that there is holds Pods")
		}
	}
	if !kinds.HoldsPods(wide) {
		t.Error("a schema that is too wide to be read is one that holds nothing")
	}
}

func definition(group, plural, scope string, versions ...any) map[string]any {
	return map[string]any{"spec": map[string]any{
		"group": group, "scope": scope, "names": map[string]any{"plural": plural, "kind": "Kind"}, "versions": versions,
	}}
}

func TestWhichDefinitionsAreFound(t *testing.T) {
	t.Parallel()
	version := func(served, scale bool, schema string) map[string]any {
		v := map[string]any{"served": served, "schema": map[string]any{"openAPIV3Schema": schemaOf(t, schema)}}
		if scale {
			v["subresources"] = map[string]any{"scale": map[string]any{}}
		}
		return v
	}
	const pods, none = `spec: {template: open}`, `spec: {size: n}`
	for name, tc := range map[string]struct {
		definition map[string]any
		want       bool
		scale      bool
		reason     string
	}{
		"new":          {definition("example.com", "farms", "Namespaced", version(true, false, pods)), true, false, "nobody knows it"},
		"with a scale": {definition("example.com", "farms", "Cluster", version(true, true, pods)), true, true, "it grows by its scale, too"},
		"one version":  {definition("example.com", "farms", "Namespaced", version(true, true, none), version(true, false, pods)), true, true, "objects are written in every version"},
		"not served":   {definition("example.com", "farms", "Namespaced", version(false, true, pods), version(true, false, none)), false, false, "nobody writes that version"},
		"by name":      {definition("ray.io", "rayclusters", "Namespaced", version(true, false, pods)), false, false, "it is in the table"},
		"asked about":  {definition("keda.sh", "scaledobjects", "Namespaced", version(true, false, pods)), false, false, "it is in the table"},
		"our own":      {definition("domicile.dev", "tenants", "Cluster", version(true, false, pods)), false, false, "policies do not judge these"},
		"no Pods":      {definition("example.com", "farms", "Namespaced", version(true, true, none)), false, true, "it runs nothing"},
		"nothing":      {map[string]any{}, false, false, "it is no definition"},
	} {
		k, got := kinds.Definition(tc.definition)
		if got != tc.want || k.Scale != tc.scale {
			t.Errorf("%s: found %t, scale %t: %s", name, got, k.Scale, tc.reason)
		}
	}
	found := kinds.FoundOf([]kinds.Kind{{Group: "b.example", Resource: "farms"}, {Group: "a.example", Resource: "stalls"}})
	for resource, want := range map[kinds.Resource]bool{
		{Group: "b.example", Resource: "farms"}: true, {Group: "a.example", Resource: "stalls"}: true, {Group: "a.example", Resource: "farms"}: false,
	} {
		if found.Has(resource) != want {
			t.Errorf("%v is found: %t", resource, !want)
		}
	}
}
