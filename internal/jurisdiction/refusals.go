package jurisdiction

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/domicile-dev/domicile/internal/cut"
)

// maxQuoted bounds how much of what somebody wrote stands in an error.
const maxQuoted = 32

var (
	countryShape     = regexp.MustCompile(`^[A-Z]{2}$`)
	alpha3Shape      = regexp.MustCompile(`^[A-Z]{3}$`)
	subdivisionShape = regexp.MustCompile(`^[A-Z]{2}-[A-Z0-9]{1,3}$`)
	userAssigned     = regexp.MustCompile(`^(AA|Q[M-Z]|X[A-Z]|ZZ)$`)
)

// refuse says why s, which is not a code, is not one.
func refuse(s string) error {
	q := quote(s)
	switch {
	case s == "":
		return errors.New("empty code: an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43) is required")
	case countryShape.MatchString(s):
		return refuseCountry(s)
	case subdivisionShape.MatchString(s):
		return refuseSubdivision(s)
	case alpha3Shape.MatchString(s):
		if r, _ := readCode(s); len(r.options()) > 0 {
			return fmt.Errorf("%s is an alpha-3 code: use the alpha-2 code %s", q, alternatives(r.options()))
		}
		if r := Read(s); len(r.options()) > 0 {
			break
		}
		return fmt.Errorf("%s has three letters: use an ISO 3166-1 alpha-2 code (SG)", q)
	}
	if tidy := tidied(s); tidy != s {
		if c, err := Parse(tidy); err == nil {
			return fmt.Errorf("%s is not written as a code: use %s (%s)", q, c, Name(c))
		}
	}
	if r := Read(s); len(r.options()) > 0 {
		return fmt.Errorf("%s is not a code: use %s", q, alternatives(r.options()))
	}
	return fmt.Errorf("%s is not a code: use an ISO 3166-1 alpha-2 code (SG) or an ISO 3166-2 code (UA-43), in upper case", q)
}

func refuseCountry(s string) error {
	if r, ok := retired()[s]; ok {
		return fmt.Errorf("%q (%s) is a retired code: use %s", s, r.name, alternatives(codes(r.successors)))
	}
	if r, ok := reserved[s]; ok {
		if r.advice == "" {
			r.advice = "use " + alternatives(codes(r.use))
		}
		return fmt.Errorf("%q is reserved in ISO 3166-1 but is not the code of a country: %s", s, r.advice)
	}
	if userAssigned.MatchString(s) {
		return fmt.Errorf("%q is a user-assigned code, which means nothing in particular; the only one that is read is %s (%s)",
			s, Kosovo, Name(Kosovo))
	}
	return fmt.Errorf("%q is an unknown code: ISO 3166-1 lists no such country", s)
}

func refuseSubdivision(s string) error {
	country, _, _ := strings.Cut(s, "-")
	if _, ok := places()[Code(country)]; !ok {
		return fmt.Errorf("%q is an unknown code: %w", s, refuseCountry(country))
	}
	if r, ok := former()[s]; ok {
		return fmt.Errorf("%q is a retired code: use %s", s, alternatives(r.options()))
	}
	return fmt.Errorf("%q is an unknown code: ISO 3166-2 lists no such subdivision of %s (%s)", s, country, Name(Code(country)))
}

// tidied is what somebody may have meant.
func tidied(s string) string {
	if len(s) > maxQuoted {
		return s
	}
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
}

// quote quotes s as printable ASCII, so that what only looks like a letter of
// the Latin alphabet is seen.
func quote(s string) string { return cut.Quote(s, maxQuoted) }

// alternatives says which codes to use: "BQ, CW or SX", and of one code its name.
func alternatives(codes []Code) string {
	switch last := len(codes) - 1; {
	case last == 0:
		return fmt.Sprintf("%s (%s)", codes[0], Name(codes[0]))
	case last >= maxAlternatives:
		return fmt.Sprintf("a code of today, such as %s (%s)", codes[0], Name(codes[0]))
	default:
		var b strings.Builder
		for _, c := range codes[:last] {
			b.WriteString(string(c) + ", ")
		}
		return strings.TrimSuffix(b.String(), ", ") + " or " + string(codes[last])
	}
}

// maxAlternatives bounds how many codes an error names.
const maxAlternatives = 16

// reservation is an exceptional reservation of ISO 3166-1: the codes to use, or
// else what to do.
type reservation struct{ use, advice string }

var reserved = map[string]reservation{
	"AC": {"SH-AC", ""},
	"CP": {"FR-CP", ""},
	"CQ": {"GG", "use GG (Guernsey), which Sark belongs to"},
	"DG": {"IO", ""},
	"EA": {"ES-CE ES-ML", "use ES-CE (Ceuta) or ES-ML (Melilla)"},
	"EU": {"", "list the member states"},
	"EZ": {"", "list the member states"},
	"IC": {"ES-CN", ""},
	"TA": {"SH-TA", ""},
	"UK": {"GB", "use GB"},
	"UN": {"", "list countries"},
}
