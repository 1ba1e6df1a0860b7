package mirror

import (
	"maps"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// moreCounts are counts that grow an object, besides those in kinds.
var moreCounts = map[kinds.Name][]string{
	{Group: "batch", Kind: "Job"}: {"spec.completions"},
	{Group: "jobset.x-k8s.io", Kind: "JobSet"}: {
		"spec.replicatedJobs[].template.spec.parallelism", "spec.replicatedJobs[].template.spec.completions",
	},
	{Group: "serving.kserve.io", Kind: "InferenceGraph"}: {"spec.maxReplicas"},
	{Group: "serving.kserve.io", Kind: "InferenceService"}: {
		"spec.predictor.maxReplicas", "spec.transformer.maxReplicas", "spec.explainer.maxReplicas",
	},
	{Group: "ray.io", Kind: "RayCluster"}: {"spec.workerGroupSpecs[].minReplicas", "spec.workerGroupSpecs[].maxReplicas"},
	{Group: "ray.io", Kind: "RayJob"}:     {"spec.rayClusterSpec.workerGroupSpecs[].minReplicas", "spec.rayClusterSpec.workerGroupSpecs[].maxReplicas"},
	{Group: "ray.io", Kind: "RayService"}: {"spec.rayClusterConfig.workerGroupSpecs[].minReplicas", "spec.rayClusterConfig.workerGroupSpecs[].maxReplicas"},
}

// moreSwitches are switches that stop something, besides those in kinds.
var moreSwitches = map[kinds.Name][]string{
	{Group: "apps", Kind: "Deployment"}:     {"spec.paused"},
	{Group: "argoproj.io", Kind: "Rollout"}: {"spec.paused"},
}

// grows is an expression that is true only of what internal/growth calls growth. What
// CEL cannot say, it does not say.
func grows() string {
	byGrowth := map[string][]string{} // kinds by how they grow
	for _, k := range kinds.Workloads() {
		if all := growthOf(k); len(all) > 0 {
			expression := or(all...)
			byGrowth[expression] = append(byGrowth[expression], k.Group+"/"+k.Kind)
		}
	}
	var cases []choice
	for _, expression := range slices.Sorted(maps.Keys(byGrowth)) {
		cases = append(cases, choice{"(" + kindOf + ") in " + list(byGrowth[expression]), expression})
	}
	isSub := "has(request.subResource) && request.subResource != ''"
	scaled := "request.subResource == 'scale' && " + rises("spec.replicas", 0)
	return "request.operation == 'CREATE' || (" + isSub + " ? (" + scaled + " || request.subResource == 'ephemeralcontainers' && " +
		"object.?spec.?ephemeralContainers.orValue([]).size() > oldObject.?spec.?ephemeralContainers.orValue([]).size()) : (" + choose(cases, "false") + "))"
}

// growthOf are the ways in which an object of a kind grows.
func growthOf(k kinds.Kind) (all []string) {
	name := kinds.Name{Group: k.Group, Kind: k.Kind}
	counts := slices.Clone(moreCounts[name])
	for _, pods := range k.Pods {
		if pods.Count != "" {
			counts = append(counts, pods.Count)
		}
	}
	switches := slices.Clone(moreSwitches[name])
	if f := k.Field; f != nil {
		path := strings.Join(f.Path, ".")
		switch {
		case f.Form == kinds.Count:
			counts = append(counts, path)
		case f.Form == kinds.Switch && f.Value == true:
			switches = append(switches, path)
		case f.Form == kinds.Switch:
			all = append(all, at("oldObject", path)+".orValue(true) == false && "+at("object", path)+".orValue(true) != false")
		}
	}
	slices.Sort(counts)
	for _, path := range slices.Compact(counts) {
		if !nested(path) {
			all = append(all, rises(path, 1))
		}
	}
	for _, path := range switches {
		all = append(all, at("oldObject", path)+".orValue(false) == true && "+at("object", path)+".orValue(false) != true")
	}
	return append(all, rollsOut(k)...)
}

// rises compares a count, or the sum of one over a list: if that rises, one of them
// does, or the list has other items.
func rises(path string, absent int) string {
	sum := func(base string) string {
		none := ".orValue(" + string(rune('0'+absent)) + ")"
		if items, item, rest, ok := repeated(base, path, "i"); ok {
			return items + ".map(i, int(" + at(item, rest) + none + ")).sum()"
		}
		return at(base, path) + none
	}
	return sum("object") + " > " + sum("oldObject")
}

// rollsOut compares the containers of a pod template: others are a rollout of new Pods.
func rollsOut(k kinds.Kind) (all []string) {
	for _, pods := range k.Pods {
		if strings.HasSuffix(pods.Spec, "emplate.spec") && !strings.ContainsAny(pods.Spec, "[*") {
			path := at("", pods.Spec+".containers") + ".orValue([])"
			all = append(all, "object"+path+" != oldObject"+path)
		}
	}
	return all
}
