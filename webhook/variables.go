package webhook

// variables is what match conditions are evaluated over.
func variables(*request) any { return nil }
