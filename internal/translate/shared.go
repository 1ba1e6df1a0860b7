package translate

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// mostShared bounds how many label sets are shared. What is beyond is kept by each
// tenant for itself.
const mostShared = 10_000

// sharedLabels are the label sets of tenants: most tenants have one that others have,
// too, and a map takes more memory than all else that is kept of a tenant.
var sharedLabels = labelSets{byText: map[string]map[string]string{}}

type labelSets struct {
	mu     sync.Mutex
	byText map[string]map[string]string
}

// of is a label set that equals another one, and that nobody may write to.
func (s *labelSets) of(labels map[string]string) map[string]string {
	if len(labels) == 0 {
		return nil
	}
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		text.WriteString(key + "=" + labels[key] + ",") // neither has such a sign
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if shared, ok := s.byText[text.String()]; ok {
		return shared
	}
	if len(s.byText) < mostShared {
		s.byText[text.String()] = labels
	}
	return labels
}
