package docs

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What others say, or what is shown elsewhere, and is quoted.
var othersMessages = []string{
	"context deadline exceeded", "connection refused", "i/o timeout", // Go
	"no endpoints available", "the server has asked for the client to provide credentials", // the API server
	"Last Success",                                                                    // a column of kubectl
	"Voting rights", "Virgin Islands", "less than 10", "over 50 to under 75", "US DE", // what registers say
	"Class B shares", "Series 2", "A ordinary",
}

var (
	grepped = regexp.MustCompile(`\blogs\b.*\| grep (?:-([iE]+) )?(?:'([^']+)'|(\S+))`)
	span    = regexp.MustCompile("`([^`\n]+)`")
	command = regexp.MustCompile(`^(kubectl|helm|make|cmctl|docker|go|git|VACUUM|Policy)\b`)
	message = regexp.MustCompile(`^[A-Za-z/]+( [A-Za-z0-9/]+)+$`)
)

// TestMessagesExist: whoever greps a log for what a runbook says finds it, and what
// a page quotes as a message is one.
func TestMessagesExist(t *testing.T) {
	s, quotedMessages, greps := shipped(t), 0, 0
	for _, page := range documents(t) {
		text := read(t, page)
		for _, match := range grepped.FindAllStringSubmatch(text, -1) {
			for part := range strings.SplitSeq(match[2]+match[3], "|") {
				greps++
				if !s.says(part, strings.Contains(match[1], "i")) {
					t.Errorf("%s: nothing that is logged has %q", page, part)
				}
			}
		}
		for _, match := range span.FindAllStringSubmatch(text, -1) {
			if !message.MatchString(match[1]) || command.MatchString(match[1]) || slices.Contains(othersMessages, match[1]) {
				continue
			}
			quotedMessages++
			if !s.says(match[1], false) {
				t.Errorf("%s: no message has %q", page, match[1])
			}
		}
	}
	if quotedMessages < 5 || greps < 10 {
		t.Errorf("%d messages and %d searches in logs: are they written in another form?", quotedMessages, greps)
	}
}

// The words of others: a kubelet, networkx, Argo CD, Flux, Services.
var othersWords = []string{"IfNotPresent", "PreferDualStack", "ImagePullBackOff", "MultiDiGraph", "RespectIgnoreDifferences", "ServerSideApply", "ServerSideDiff", "CreateReplace"}

var camel = regexp.MustCompile(`^(?:[A-Z][a-z]+){2,}$`)

// TestKindsAndReasonsExist: kinds, verdicts, reasons and what fields may say.
func TestKindsAndReasonsExist(t *testing.T) {
	s, words := shipped(t), 0
	for _, page := range documents(t) {
		for _, match := range span.FindAllStringSubmatch(read(t, page), -1) {
			// "existing: Suspend" and "--set=Value" quote a value, too.
			for word := range strings.FieldsFuncSeq(match[1], func(r rune) bool { return strings.ContainsRune(" :=,[]()", r) }) {
				if !camel.MatchString(word) || strings.HasPrefix(word, "Test") || slices.Contains(othersWords, word) {
					continue
				}
				words++
				// The reason of an event about a verdict is "Verdict" and what it is now.
				value := strings.TrimPrefix(strings.TrimPrefix(word, "Verdict"), "Action")
				if !s.words[word] && !s.words[value] {
					t.Errorf("%s: the code has no %s", page, word)
				}
			}
		}
	}
	if words < 100 {
		t.Errorf("%d kinds and reasons: are they written in another form?", words)
	}
}

var flagName = regexp.MustCompile("`--([a-z][a-z-]+)")

func TestQuotedFlagsExist(t *testing.T) {
	s, flags := shipped(t), 0
	for _, page := range documents(t) {
		for _, match := range flagName.FindAllStringSubmatch(read(t, page), -1) {
			if strings.HasPrefix(match[1], "zap-") {
				continue
			}
			flags++
			if !s.words[match[1]] {
				t.Errorf("%s: there is no flag --%s", page, match[1])
			}
		}
	}
	if flags < 30 {
		t.Errorf("%d flags: are they written in another form?", flags)
	}
}

var valuePath = regexp.MustCompile("`([a-z][A-Za-z]*(?:\\.[A-Za-z]+)+)(?:[:=][^`]*)?`")

// TestValuesOfTheChartExist: what begins like one of the chart's values is one.
func TestValuesOfTheChartExist(t *testing.T) {
	var values map[string]any
	load(t, "charts/domicile/values.yaml", &values)
	seen := 0
	for _, page := range documents(t) {
		for _, match := range valuePath.FindAllStringSubmatch(read(t, page), -1) {
			steps := strings.Split(match[1], ".")
			if _, ok := values[steps[0]]; !ok {
				continue
			}
			seen++
			if !has(values, steps) {
				t.Errorf("%s: the chart has no value %s", page, match[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d values: are they written in another form?", seen)
	}
}

// has says whether there is something at a path. What is empty in the chart's
// default values may have anything below it.
func has(values map[string]any, steps []string) bool {
	value, ok := values[steps[0]]
	if !ok || len(steps) == 1 {
		return ok
	}
	below, isMap := value.(map[string]any)
	return isMap && (len(below) == 0 || has(below, steps[1:]))
}
