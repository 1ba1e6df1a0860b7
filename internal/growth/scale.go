package growth

// Scale compares the replicas of two Scales. In a Scale none are written as no
// field at all.
func Scale(old, updated map[string]any) bool {
	before, ok := scaleReplicas(old)
	after, ok2 := scaleReplicas(updated)
	return !ok || !ok2 || after > before
}

func scaleReplicas(scale map[string]any) (int64, bool) {
	spec, ok := scale["spec"].(map[string]any)
	if !ok {
		return 0, scale["spec"] == nil
	}
	return count(spec["replicas"], 0)
}
