package residency

// String gives the verdict as the API writes it.
func (v Verdict) String() string {
	return name(int(v), "Indeterminate", "Unidentified", "Clear", "Restricted")
}

// String gives the action as the API writes it.
func (a Action) String() string {
	return name(int(a), "Deny", "Warn", "Audit", "Allow")
}

// String gives the role as the API writes it.
func (r Role) String() string {
	return name(int(r), "Customer", "Reseller", "EndUser", "Payer")
}

// String gives the cause as the API writes it.
func (c ChangeCause) String() string {
	return name(int(c), "OwnershipChanges", "NoticePeriodEnds", "ExemptionExpires")
}

// name looks a constant up; what is not one reads as the zero value, which is
// the careful one.
func name(i int, names ...string) string {
	if i < 0 || i >= len(names) {
		i = 0
	}
	return names[i]
}
