package register

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Read reads all files of one register into a layer without a name. The order
// of the files, and of the records in them, makes no difference to the layer. A
// file that register.Compile wrote stands alone. With an error the report says
// what was found until then.
func Read(ctx context.Context, files []File, o Options) (*ownership.Layer, Report, error) {
	if len(files) == 0 {
		return nil, Report{}, errors.New("a register needs at least one file")
	}
	open := opener{ctx: ctx, free: freeSize, progress: o.Progress}
	o.Progress.again(len(files))
	if len(files) == 1 {
		if layer, report, found, err := readCompiled(open, files[0], o); found || err != nil {
			return layer, report, err
		}
		o.Progress.again(len(files))
	}
	t := &tally{}
	s := &sink{maxBytes: o.maxBytes()}
	err := readFormat(open, files, o, t, s)
	report := Report{
		Records: t.records, Refused: t.refused.count, Refusals: t.refused.refusals(),
		Remarks: t.remarks(), Parties: s.parties, Interests: s.interests,
	}
	if err == nil {
		err = tooManyRefused(report, o)
	}
	if err != nil {
		return nil, report, err
	}
	if s.builder.Full() {
		return nil, report, errors.New("the register has more than fits into one graph: four gigabytes of text, or two thousand million parties")
	}
	layer := s.builder.Layer()
	report.Parties, report.Interests = int64(layer.Parties()), int64(layer.Interests())
	if m := layer.Memory(); m > o.maxBytes() {
		return nil, report, tooBigError{o.maxBytes()}
	}
	return layer, report, nil
}

func readFormat(open opener, files []File, o Options, t *tally, s *sink) error {
	switch o.Format {
	case BODS:
		return readBODS(open, files, t, s)
	case GLEIF:
		return readGLEIF(open, files, o, t, s)
	case FollowTheMoney:
		return readFTM(open, files, t, s)
	default:
		return fmt.Errorf("there is no format %s", o.Format)
	}
}

// tooManyRefused says so if more was refused than may be, or nothing was read.
func tooManyRefused(r Report, o Options) error {
	if r.Records == 0 {
		return fmt.Errorf("there is not one record of %s in it", o.Format)
	}
	if r.Refused*int64(ownership.Whole) <= r.Records*int64(o.MaxRefused) {
		return nil
	}
	var reasons []string
	for _, refusal := range r.Refusals {
		reasons = append(reasons, refusal.String())
	}
	if more := r.Refused - int64(len(r.Refusals)); more > 0 {
		reasons = append(reasons, fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%d of %d records cannot be read, which is more than %s %%: %s", r.Refused, r.Records, o.MaxRefused, strings.Join(reasons, "; "))
}
