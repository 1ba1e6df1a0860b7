package kinds

// NoNode is a label that no node has.
const NoNode = "domicile.dev/suspended"

// maxReplicas is the largest number that is put back.
const maxReplicas = 1<<31 - 1

// Field is what is set on an object to suspend it.
type Field struct {
	Path []string
	Form Form
	// Value is what suspends.
	Value any
	// Default is what a field means that is not there; nil is nothing.
	Default any
	// Only is the value that is replaced; nil is every one but Value.
	Only any
}

// Form is what a field may hold, and so what may be put back into it. What it
// was is written on the object, where users can change it.
type Form uint8

// The forms. A field that was not there may always be taken away again.
const (
	// Count is a number of copies.
	Count Form = iota
	// Switch is true or false.
	Switch
	// Annotation is a short text.
	Annotation
	// Entry is an entry of a map that is there only while it suspends. A map that
	// is empty without it goes, too.
	Entry
)

// MayHold says whether a value may be put back into the field; nil is a field
// that was not there.
func (f *Field) MayHold(v any) bool {
	if v == nil {
		return true
	}
	switch f.Form {
	case Count:
		n, ok := v.(int64)
		return ok && n >= 0 && n <= maxReplicas
	case Switch:
		_, ok := v.(bool)
		return ok
	case Annotation:
		s, ok := v.(string)
		return ok && len(s) <= 63
	case Entry:
	}
	return false
}

// Undoes says whether an autoscaler with this value would undo the suspension of
// what it scales. It is for the fields of Autoscalers.
func (f *Field) Undoes(v any) bool {
	if f.Only != nil {
		return v == f.Only
	}
	return v != f.Value
}

// What the controllers of some kinds say about what they have stopped.
var (
	suspendedCondition = &Halted{Conditions: []string{"Suspended"}}
	stoppedCondition   = &Halted{Conditions: []string{"Stopped"}}
	unobserved         = &Halted{Generation: true}
	noCopies           = &Halted{Copies: []string{"status", "replicas"}, Generation: true}
	// KubeRay ends what it began: it suspends what shall go on by now, and then resumes it.
	rayState        = &Halted{Conditions: []string{"RayClusterSuspending", "RayClusterSuspended"}, Path: []string{"status", "state"}, Values: []string{"suspended"}}
	rayJobStatus    = &Halted{Path: []string{"status", "jobDeploymentStatus"}, Values: []string{"Suspending", "Suspended"}}
	pausedCondition = &Halted{Conditions: []string{"Paused"}}
	// KEDA says that it has paused a ScaledObject for whichever of its annotations.
	pausedObject = &Halted{Conditions: []string{"Paused"}, Unless: []Fact{
		{Path: []string{"metadata", "annotations", "autoscaling.keda.sh/paused-replicas"}},
		{Path: []string{"metadata", "annotations", "autoscaling.keda.sh/paused-scale-in"}},
		{Path: []string{"metadata", "annotations", "autoscaling.keda.sh/paused-scale-out"}},
	}}
	// Kueue says so until a Workload has its quota again.
	evictedCondition = &Halted{Conditions: []string{"Evicted"}}
	sparkState       = &Halted{Path: []string{"status", "applicationState", "state"}, Values: []string{"SUSPENDED"}}
)

// Of which objects the field that suspends the others says nothing to their controller.
var (
	// KubeRay fails a RayJob for good that is suspended and keeps its RayCluster, or has
	// somebody else's.
	keptRayCluster = []Fact{
		{Path: []string{"spec", "shutdownAfterJobFinishes"}, Values: []any{nil, false}},
		{Path: []string{"spec", "clusterSelector"}},
	}
	// KServe stops what runs with Knative. Since 0.16 it stops Deployments, too, which it
	// calls Standard since then.
	notServerless = []Fact{{Path: []string{"status", "deploymentMode"}, Values: []any{"RawDeployment", "ModelMesh"}}}
)

// What suspends a kind. Suspend and Replicas, in this order, also suspend a kind
// that is not in the table, if it has them.
var (
	Replicas = &Field{Path: []string{"spec", "replicas"}, Form: Count, Value: int64(0), Default: int64(1)}
	Suspend  = &Field{Path: []string{"spec", "suspend"}, Form: Switch, Value: true, Default: false}

	// runPolicy has the switch of Kubeflow's training operator.
	runPolicy = &Field{Path: []string{"spec", "runPolicy", "suspend"}, Form: Switch, Value: true, Default: false}
	// active is Kueue's.
	active = &Field{Path: []string{"spec", "active"}, Form: Switch, Value: false, Default: true}
	// stop is KServe's.
	stop = &Field{Path: []string{"metadata", "annotations", "serving.kserve.io/stop"}, Form: Annotation, Value: "true"}
	// nowhere keeps a DaemonSet off every node.
	nowhere = &Field{Path: []string{"spec", "template", "spec", "nodeSelector", NoNode}, Form: Entry, Value: "true"}

	// minReplicas: a HorizontalPodAutoscaler leaves alone what has no replicas,
	// unless its minReplicas is 0: then it would scale up again as soon as a metric
	// says so. 1 means "switched off" for a target without replicas.
	minReplicas = &Field{Path: []string{"spec", "minReplicas"}, Form: Count, Value: int64(1), Only: int64(0)}
	// paused is KEDA's.
	paused = &Field{Path: []string{"metadata", "annotations", "autoscaling.keda.sh/paused"}, Form: Annotation, Value: "true"}
)
