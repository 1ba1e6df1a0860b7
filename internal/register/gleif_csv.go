package register

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// columns say where in a row the texts of a record are; -1 for those that are
// not there.
type columns struct {
	kind       gleifKind
	text       [gleifTexts]int
	periods    [][3]int // type, start, end
	reasons    []int
	successors [][2]int // LEI, name
}

// csvFile reads a file of CSV; its heading says which of the three it is.
func (g *gleifReader) csvFile(r *bufio.Reader, at place) error {
	table, err := newTable(r)
	if err != nil {
		return fmt.Errorf("%w; expected %s", err, expectedGLEIF)
	}
	c := columnsOf(table)
	if c.kind == unknownKind {
		return fmt.Errorf("its heading is none of GLEIF's; expected %s", expectedGLEIF)
	}
	record := &gleifRecord{}
	for {
		line, err := table.next()
		at.line = line
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &malformed):
			g.records++
			g.refuse(at, "%v", malformed.Err)
			continue
		case err != nil:
			return err
		}
		g.records++
		g.options.Progress.records(1)
		c.read(table, record)
		if err := g.use(record, at); err != nil {
			return err
		}
	}
}

func columnsOf(t *table) columns {
	var c columns
	switch {
	case t.has("Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType"):
		c.kind = level2
	case t.has("LEI", "Exception.Category"):
		c.kind = exceptions
	case t.has("LEI", "Entity.LegalName"):
		c.kind = level1
	}
	for path, what := range gleifPaths {
		if what < gleifTexts {
			c.text[what] = t.position(path)
		}
	}
	c.text[exceptionCategory] = t.position("Exception.Category")
	for n := 1; n <= maxRepeated; n++ {
		reason, period, successor := fmt.Sprintf("Exception.Reason.%d", n), fmt.Sprintf("Relationship.Period.%d.", n), fmt.Sprintf("Entity.SuccessorEntity.%d.", n)
		found := t.has(reason) || t.has(period+"startDate") || t.has(period+"endDate") || t.has(successor+"SuccessorLEI")
		if !found {
			break
		}
		c.reasons = append(c.reasons, t.position(reason))
		c.periods = append(c.periods, [3]int{t.position(period + "periodType"), t.position(period + "startDate"), t.position(period + "endDate")})
		c.successors = append(c.successors, [2]int{t.position(successor + "SuccessorLEI"), t.position(successor + "SuccessorEntityName")})
	}
	// Before version 3 there was one successor.
	c.reasons = append(c.reasons, t.position("Exception.Reason"))
	c.successors = append(c.successors, [2]int{t.position("Entity.SuccessorEntity.SuccessorLEI"), t.position("Entity.SuccessorEntity.SuccessorEntityName")})
	return c
}

// read reads the row that the table is at.
func (c *columns) read(t *table, r *gleifRecord) {
	value := func(position int) string { return strings.TrimSpace(t.value(position)) }
	r.clear()
	r.kind = c.kind
	for what, position := range c.text {
		if position >= 0 {
			r.text[what] = value(position)
		}
	}
	if c.kind == level2 {
		for _, p := range c.periods {
			if period := (gleifPeriod{value(p[0]), value(p[1]), value(p[2])}); period != (gleifPeriod{}) {
				r.periods = append(r.periods, period)
			}
		}
		return
	}
	for _, position := range c.reasons {
		if reason := value(position); reason != "" {
			r.reasons = append(r.reasons, reason)
		}
	}
	for _, s := range c.successors {
		if id := value(s[0]); id != "" {
			r.successors = append(r.successors, id)
		}
		r.unnamed = r.unnamed || value(s[1]) != ""
	}
}
