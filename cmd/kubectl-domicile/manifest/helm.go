package manifest

import (
	"bytes"
	"regexp"
	"strings"
)

// release is what Helm says around the manifests of a release: before them its
// name and values, after them notes for people. `helm install --dry-run` and
// `helm get all` print it.
type release struct {
	namespace string
}

var (
	releaseName      = regexp.MustCompile(`(?m)^NAME: \S+\r?$`)
	releaseNamespace = regexp.MustCompile(`(?m)^NAMESPACE: (\S+)\r?$`)
	notManifest      = regexp.MustCompile(`(?m)^(---|apiVersion:|kind:|\{)`)
	source           = regexp.MustCompile(`(?m)^# Source: \S`)
	notes            = regexp.MustCompile(`(?m)^NOTES:\r?$`)
	separator        = regexp.MustCompile(`(?m)^---`)
	headings         = regexp.MustCompile(`(?m)^(HOOKS|MANIFEST):\r?$`)
)

// ofHelm blanks out what Helm says around manifests, so that every line keeps
// its number. Anything else is left as it is: nothing that kubectl would read as
// an object is ever left out.
func ofHelm(text []byte) ([]byte, release) {
	var r release
	if !bytes.Contains(text, []byte("NOTES:")) && !bytes.Contains(text, []byte("MANIFEST:")) && !bytes.Contains(text, []byte("HOOKS:")) {
		return text, r // The expressions below are slow.
	}
	if begin := headings.FindIndex(text); begin != nil {
		header := text[:begin[0]]
		if !releaseName.Match(header) || notManifest.Match(header) {
			return text, r
		}
		if match := releaseNamespace.FindSubmatch(header); match != nil {
			r.namespace = string(match[1])
		}
		text = bytes.Clone(text)
		blank(text[:begin[1]])
		for _, heading := range headings.FindAllIndex(text, -1) {
			blank(text[heading[0]:heading[1]])
		}
		if end := notes.FindIndex(text); end != nil {
			blank(text[end[0]:])
		}
		return text, r
	}
	// Notes after the last manifest, without what comes before the first.
	end := notes.FindIndex(text)
	if end == nil || !source.Match(text[:end[0]]) || separator.Match(text[end[0]:]) {
		return text, r
	}
	text = bytes.Clone(text)
	blank(text[end[0]:])
	return text, r
}

// blank leaves nothing but the ends of lines.
func blank(text []byte) {
	for i, c := range text {
		if !strings.ContainsRune("\r\n", rune(c)) {
			text[i] = ' '
		}
	}
}
