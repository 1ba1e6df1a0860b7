package ownership

import (
	"errors"
	"fmt"
)

// Share is a closed range of percents. The zero value is exactly nothing; use
// UnknownShare for an amount that is not known.
type Share struct{ Lower, Upper Percent }

// UnknownShare is anything from 0 to 100 %.
var UnknownShare = Share{0, Whole}

// ShareText is a share as sources write it: decimal strings of percent, ""
// where absent.
type ShareText struct {
	Exact, Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum string
}

// ParseShare reads a share; nothing at all is UnknownShare. Decimals beyond the
// seventh round outward. An exclusive bound is one unit inside, but only if it
// is itself a whole number of units: of shares above 49.99999999 some are below
// 50, so that the least is 49.9999999 and not 50.
func ParseShare(s ShareText) (Share, error) {
	if s.Exact != "" {
		if s != (ShareText{Exact: s.Exact}) {
			return Share{}, errors.New("exact excludes every bound")
		}
		d, err := parseDecimal(s.Exact)
		if err != nil {
			return Share{}, fmt.Errorf("exact: %w", err)
		}
		return Share{d.down(), d.up()}, nil
	}
	lower, exclusiveLower, err := bound("minimum", s.Minimum, "exclusiveMinimum", s.ExclusiveMinimum, decimal{})
	if err != nil {
		return Share{}, err
	}
	upper, exclusiveUpper, err := bound("maximum", s.Maximum, "exclusiveMaximum", s.ExclusiveMaximum, decimal{units: Whole})
	if err != nil {
		return Share{}, err
	}
	if upper.less(lower) || !lower.less(upper) && (exclusiveLower || exclusiveUpper) {
		return Share{}, errors.New("no share is above the lower and below the upper bound")
	}
	share := Share{lower.down(), upper.up()}
	inside := share
	if exclusiveLower && lower.finer == "" {
		inside.Lower++
	}
	if exclusiveUpper && upper.finer == "" {
		inside.Upper--
	}
	if inside.Lower > inside.Upper {
		// Less than two units wide: there is no whole unit inside.
		return share, nil
	}
	return inside, nil
}

// bound reads one end of a range, of which at most one form may be there.
func bound(name, s, exclusiveName, exclusive string, absent decimal) (d decimal, isExclusive bool, err error) {
	switch {
	case s != "" && exclusive != "":
		return d, false, fmt.Errorf("at most one of %s and %s may be set", name, exclusiveName)
	case s != "":
		d, err = parseDecimal(s)
	case exclusive != "":
		name, isExclusive = exclusiveName, true
		d, err = parseDecimal(exclusive)
	default:
		d = absent
	}
	if err != nil {
		return d, isExclusive, fmt.Errorf("%s: %w", name, err)
	}
	return d, isExclusive, nil
}

// valid says whether a share is a range within 0 and 100 %.
func (s Share) valid() bool {
	return 0 <= s.Lower && s.Lower <= s.Upper && s.Upper <= Whole
}
