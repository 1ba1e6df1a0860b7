package main

import (
	"errors"
	"time"

	"github.com/domicile-dev/domicile/test/bench/procfs"
	"github.com/domicile-dev/domicile/test/bench/report"
)

// perKey is how many bytes a key may take.
const perKey = 120

// cpus are the processor time of Envoy, and of whoever is asked.
func (r *rig) cpus(kind int) (both [2]time.Duration, err error) {
	for i, process := range []int{noFilter, kind} {
		var one error
		both[i], one = procfs.CPU(r.processes[process].Process.Pid)
		err = errors.Join(err, one)
	}
	return both, err
}

// memory is what the processes have at the end.
func (r *rig) memory(o options) (rows []report.Row, err error) {
	var resident [len(kinds)]float64
	for kind, process := range r.processes {
		m, err := procfs.MemoryOf(process.Process.Pid)
		if err != nil {
			return nil, err
		}
		resident[kind] = m.Resident
		name := kinds[kind]
		if kind == noFilter {
			name = "Envoy"
		}
		rows = append(rows, report.Row{Name: name + ": RSS", Value: m.Resident, Unit: report.Bytes})
	}
	if o.many > o.few {
		rows = append(rows, report.Row{
			Name: "RSS for each key more", Value: (resident[manyKeys] - resident[fewKeys]) / float64(o.many-o.few), Unit: report.Bytes, Aim: perKey,
		})
	}
	return rows, nil
}
