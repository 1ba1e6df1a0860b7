package register

import (
	"context"
	"errors"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// Read reads all files of one register into a layer without a name. The order
// of the files, and of the records in them, makes no difference to the layer.
// With an error the report says what was found until then.
func Read(ctx context.Context, files []File, o Options) (*ownership.Layer, Report, error) {
	return nil, Report{}, errors.New("not there yet")
}
