package growth

import (
	"strings"

	"github.com/domicile-dev/domicile/internal/kinds"
)

// What makes less of an object depends on its kind, and so does what a number means
// that is not there: 1 for the replicas of Kubernetes' own kinds, no limit at all for
// the parallelism of an Argo Workflow. So each rule stands at a path of one kind, in
// the notation of kinds.Pods. Pod templates have no rules: each change of one starts
// new Pods, and those are not the ones that run.

// paths are rules by path.
type paths map[string]shrinkRule

// of unites rules.
func of(parts ...paths) paths {
	all := paths{}
	for _, part := range parts {
		for path, rule := range part {
			all[path] = rule
		}
	}
	return all
}

// at puts rules below a path.
func at(path string, p paths) paths {
	below := paths{}
	for name, rule := range p {
		below[path+"."+name] = rule
	}
	return below
}

var (
	resources = paths{"resources.limits": lessOfEach(false), "resources.requests": lessOfEach(true)}
	pace      = paths{"minReadySeconds": harmless, "progressDeadlineSeconds": harmless, "revisionHistoryLimit": harmless}
	deadlines = paths{"activeDeadlineSeconds": limit, "ttlSecondsAfterFinished": harmless}
	bounds    = paths{"minReplicas": fewerOfKnown, "maxReplicas": fewerButNotNone}
	job       = of(deadlines, paths{"parallelism": fewer(1), "completions": fewerOfKnown, "suspend": switchedOn})
	rayGroups = at("workerGroupSpecs[]", of(bounds, paths{
		"numOfHosts": fewerOfKnown, "suspend": switchedOn, "scaleStrategy": namesOnly("workersToDelete"),
	}))
	trainingJob = of(at("spec.runPolicy", deadlines), at("spec.elasticPolicy", bounds))
	workflow    = paths{"parallelism": limit, "templates[].parallelism": limit, "activeDeadlineSeconds": limit}
)

// table has what makes less of a kind, besides what suspends it and the counts of its
// Pods, which are in internal/kinds.
var table = map[kinds.Name]paths{
	{Kind: "Pod"}: of(
		paths{"spec.activeDeadlineSeconds": limit, "spec.terminationGracePeriodSeconds": harmless},
		at("spec", resources), at("spec.containers[]", resources), at("spec.initContainers[]", resources)),
	{Kind: "ReplicationController"}:                      at("spec", pace),
	{Group: "apps", Kind: "DaemonSet"}:                   at("spec", pace),
	{Group: "apps", Kind: "Deployment"}:                  at("spec", of(pace, paths{"paused": switchedOn})),
	{Group: "apps", Kind: "ReplicaSet"}:                  at("spec", pace),
	{Group: "apps", Kind: "StatefulSet"}:                 at("spec", pace),
	{Group: "autoscaling", Kind: minMaxScaler}:           at("spec", bounds),
	{Group: "batch", Kind: "CronJob"}:                    at("spec", of(paths{"successfulJobsHistoryLimit": harmless, "failedJobsHistoryLimit": harmless}, at("jobTemplate.spec", job))),
	{Group: "batch", Kind: "Job"}:                        at("spec", job),
	{Group: "argoproj.io", Kind: "CronWorkflow"}:         at("spec", of(paths{"suspend": switchedOn}, at("workflowSpec", workflow))),
	{Group: "argoproj.io", Kind: "Rollout"}:              at("spec", of(pace, paths{"paused": switchedOn})),
	{Group: "argoproj.io", Kind: "Workflow"}:             at("spec", of(workflow, paths{"suspend": switchedOn, "shutdown": ends})),
	{Group: "jobset.x-k8s.io", Kind: "JobSet"}:           at("spec", of(paths{"ttlSecondsAfterFinished": harmless}, at("replicatedJobs[].template.spec", job))),
	{Group: "keda.sh", Kind: "ScaledObject"}:             {"spec.minReplicaCount": fewerOfKnown, "spec.maxReplicaCount": fewerOfKnown},
	{Group: "kubeflow.org", Kind: "JAXJob"}:              trainingJob,
	{Group: "kubeflow.org", Kind: "MPIJob"}:              trainingJob,
	{Group: "kubeflow.org", Kind: "MXJob"}:               trainingJob,
	{Group: "kubeflow.org", Kind: "PaddleJob"}:           trainingJob,
	{Group: "kubeflow.org", Kind: "PyTorchJob"}:          trainingJob,
	{Group: "kubeflow.org", Kind: "TFJob"}:               trainingJob,
	{Group: "kubeflow.org", Kind: "XGBoostJob"}:          trainingJob,
	{Group: "kueue.x-k8s.io", Kind: "Workload"}:          {"spec.podSets[].count": fewerOfKnown, "spec.podSets[].minCount": fewerOfKnown, "spec.maximumExecutionTimeSeconds": limit},
	{Group: "ray.io", Kind: "RayCluster"}:                at("spec", rayGroups),
	{Group: "ray.io", Kind: "RayCronJob"}:                at("spec.jobTemplate.rayClusterSpec", rayGroups),
	{Group: "ray.io", Kind: "RayJob"}:                    at("spec", of(deadlines, at("rayClusterSpec", rayGroups))),
	{Group: "ray.io", Kind: "RayService"}:                at("spec.rayClusterConfig", rayGroups),
	{Group: "serving.kserve.io", Kind: "InferenceGraph"}: at("spec", bounds),
	{Group: "serving.kserve.io", Kind: "InferenceService"}: of(
		at("spec.predictor", bounds), at("spec.transformer", bounds), at("spec.explainer", bounds)),
}

const minMaxScaler = "HorizontalPodAutoscaler"

// unknown is for kinds of which nothing is known: what suspends them, and fewer of
// what has one of these names at any depth, if both numbers are there.
var unknown = func() *place {
	names := of(bounds, paths{"replicas": fewerOfKnown})
	top := newPlace(paths{"spec.suspend": switchedOn}, nil)
	top.anywhere, top.below["spec"].anywhere = names, names
	return top
}()

// place is a place in objects of a kind.
type place struct {
	below map[string]*place
	rule  shrinkRule
	// block is what suspension makes here where there is nothing yet.
	block any
	// anywhere are rules for fields by name, here and below.
	anywhere paths
}

var places = func() map[kinds.Name]*place {
	all := map[kinds.Name]*place{}
	for name, rules := range table {
		all[name] = newPlace(rules, nil)
	}
	for _, k := range kinds.Workloads() {
		name := kinds.Name{Group: k.Group, Kind: k.Kind}
		all[name] = newPlace(table[name], &k)
	}
	return all
}()

// placeOf is the top of an object.
func placeOf(object map[string]any) *place {
	if p, ok := places[nameOf(object)]; ok {
		return p
	}
	return unknown
}

// nameOf is the kind of an object.
func nameOf(object map[string]any) kinds.Name {
	group, _, grouped := strings.Cut(textOf(object["apiVersion"]), "/")
	if !grouped {
		group = ""
	}
	return kinds.Name{Group: group, Kind: textOf(object["kind"])}
}

func newPlace(rules paths, k *kinds.Kind) *place {
	top := &place{}
	if k == nil {
		k = &kinds.Kind{}
	}
	// The API server does not ask about fewer replicas here, whatever the kind.
	top.at(kinds.Replicas.Path).rule = fewerOfKnown
	for _, pods := range k.Pods {
		if pods.Count != "" {
			top.at(split(pods.Count)).rule = fewerOfKnown
		}
	}
	for path, rule := range rules {
		top.at(split(path)).rule = rule
	}
	if k.Field != nil {
		top.suspends(k.Field)
	}
	return top
}

// split has a step for each list, too.
func split(path string) []string { return strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".") }

// suspends adds a rule for what suspension writes: it is shrinking, and what is given
// back is growth. Metadata never counts, so it needs none.
func (p *place) suspends(f *kinds.Field) {
	last := len(f.Path) - 1
	switch f.Form {
	case kinds.Count:
		absent, _ := f.Default.(int64)
		p.at(f.Path).rule = fewer(absent)
	case kinds.Switch:
		p.at(f.Path).rule = switchedOff
		if f.Value == true {
			p.at(f.Path).rule = switchedOn
		}
		if last > 1 {
			p.at(f.Path[:last]).block = map[string]any{f.Path[last]: f.Value}
		}
	case kinds.Entry:
		p.at(f.Path[:last]).rule = gains(f.Path[last], f.Value)
	case kinds.Annotation:
	}
}

// at is a place below, which is made if it is not there.
func (p *place) at(path []string) *place {
	for _, step := range path {
		if p.below[step] == nil {
			if p.below == nil {
				p.below = map[string]*place{}
			}
			p.below[step] = &place{}
		}
		p = p.below[step]
	}
	return p
}

// nowhere has no rules.
var nowhere = &place{}

// step goes to a field, or with [] to the items of a list.
func (p *place) step(name string) *place {
	for _, key := range []string{name, "*"} {
		if next := p.below[key]; next != nil {
			return next
		}
	}
	if p.anywhere == nil {
		return nowhere
	}
	return &place{rule: p.anywhere[name], anywhere: p.anywhere}
}
