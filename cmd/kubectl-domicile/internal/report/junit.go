package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

type (
	junitSuites struct {
		XMLName  xml.Name      `xml:"testsuites"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Errors   int           `xml:"errors,attr"`
		Suites   []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		File     string      `xml:"file,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []JUnitCase `xml:"testcase"`
	}
	// JUnitCase is one case of JUnit XML.
	JUnitCase struct {
		// File is the suite that the case is of.
		File      string        `xml:"-"`
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Error     *JUnitProblem `xml:"error"`
		Failure   *JUnitProblem `xml:"failure"`
		Output    string        `xml:"system-out,omitempty"`
	}
	// JUnitProblem is why a case does not pass.
	JUnitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for each file and a case for each object. A denial is a
// failure; a warning is the output of a case that passes. The form is that of
// the strictest schema in use, junit-10.xsd of Jenkins' xUnit plugin, which has
// no place for lines: they are in the text of failures.
func JUnit(w io.Writer, r Report) error {
	cases := make([]JUnitCase, 0, len(r.Results))
	for _, result := range r.Results {
		cases = append(cases, junitCaseOf(result))
	}
	return WriteJUnit(w, "kubectl domicile check", cases)
}

// WriteJUnit writes a suite for each file that cases are of.
func WriteJUnit(w io.Writer, name string, cases []JUnitCase) error {
	out := junitSuites{Name: name}
	byFile := map[string]*junitSuite{}
	for _, c := range cases {
		suite := byFile[c.File]
		if suite == nil {
			suite = &junitSuite{Name: c.File, File: c.File}
			byFile[c.File] = suite
			out.Suites = append(out.Suites, suite)
		}
		suite.Cases = append(suite.Cases, c)
		suite.Tests++
		out.Tests++
		if c.Failure != nil {
			suite.Failures++
			out.Failures++
		}
		if c.Error != nil {
			suite.Errors++
			out.Errors++
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit XML: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("write JUnit XML: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write JUnit XML: %w", err)
	}
	return nil
}

func junitCaseOf(result Result) JUnitCase {
	c := JUnitCase{
		File:      result.Position.File,
		Name:      result.where(),
		ClassName: result.Resource.APIVersion + "." + result.Resource.Kind,
	}
	var denials, others []string
	for _, d := range result.Decisions {
		switch d.Action {
		case deny:
			if c.Failure == nil {
				c.Failure = &JUnitProblem{Message: d.Message, Type: d.Reason}
			}
			denials = append(denials, junitText(d))
		case warn, audit:
			others = append(others, junitText(d))
		}
	}
	if c.Failure != nil {
		c.Failure.Text = result.Position.String() + "\n" + strings.Join(denials, "\n")
	}
	c.Output = strings.Join(others, "\n")
	return c
}

func junitText(d Decision) string {
	policy := d.Policy
	if policy == "" {
		policy = "every policy"
	}
	lines := append([]string{fmt.Sprintf("%s (%s, %s): %s", d.Action, policy, d.Reason, d.Message)}, d.Path...)
	return strings.Join(lines, "\n  ")
}
