// Package impact is kubectl domicile impact: it compares what is live with what
// would be if a change were applied, with the same evaluation as admission.
package impact
