package main

// contestant is who is asked.
type contestant int

const (
	notAsked contestant = iota
	alwaysYes
	validator
	domicile
	mirrorAlone
	contestants
)

// String is what a contestant is called.
func (c contestant) String() string {
	return [contestants]string{"not asked", "always yes", "Validator", "Domicile", "mirror alone"}[c]
}

// namespace is where it alone is asked.
func (c contestant) namespace() string {
	return [contestants]string{"not-asked", "always-yes", "validator", "asked", "mirrored"}[c]
}

// others are those that Domicile is not asked about.
func others() []contestant { return []contestant{notAsked, alwaysYes, validator, mirrorAlone} }

// plays says whether it is asked about something.
func (c contestant) plays(o options, w what) bool {
	switch c {
	case validator:
		return w.isPod
	case mirrorAlone:
		return o.mirrored > 0
	default:
		return true
	}
}
