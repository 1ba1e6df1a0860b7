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
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Failure   *junitFailure `xml:"failure"`
		Output    string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
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
	out := junitSuites{Name: "kubectl domicile check"}
	byFile := map[string]*junitSuite{}
	for _, result := range r.Results {
		suite := byFile[result.Position.File]
		if suite == nil {
			suite = &junitSuite{Name: result.Position.File, File: result.Position.File}
			byFile[result.Position.File] = suite
			out.Suites = append(out.Suites, suite)
		}
		suite.Cases = append(suite.Cases, junitCaseOf(result))
		suite.Tests++
		out.Tests++
		if !result.Allowed {
			suite.Failures++
			out.Failures++
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

func junitCaseOf(result Result) junitCase {
	c := junitCase{
		Name:      result.where(),
		ClassName: result.Resource.APIVersion + "." + result.Resource.Kind,
	}
	var denials, others []string
	for _, d := range result.Decisions {
		switch d.Action {
		case deny:
			if c.Failure == nil {
				c.Failure = &junitFailure{Message: d.Message, Type: d.Reason}
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
