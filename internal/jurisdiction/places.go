package jurisdiction

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed iso3166.txt
var iso3166 string

// place is what is known about a canonical code.
type place struct {
	name   string
	alpha3 string // of a country
	within Code   // the subdivision that a subdivision is part of, if any
}

// places has every canonical code. It is read once, when first needed; the text
// is part of the program and a test reads all of it.
var places = sync.OnceValue(func() map[Code]place {
	all := make(map[Code]place, strings.Count(iso3166, "\n"))
	for line := range strings.Lines(iso3166) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		code, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if _, ok := ownCode[code]; ok {
			continue
		}
		name, more, _ := strings.Cut(rest, "\t")
		if len(code) == 2 {
			all[Code(code)] = place{name: name, alpha3: more}
			continue
		}
		if outer, ok := nations[Code(code)]; ok {
			more = string(outer)
		}
		all[Code(code)] = place{name: name, within: Code(more)}
	}
	all[Kosovo] = place{name: "Kosovo", alpha3: "XKX"}
	return all
})

// nations has how the United Kingdom's largest parts lie in one another: ISO
// 3166-2 says it in remarks only. The United Kingdom itself (GB-UKM) is GB.
var nations = map[Code]Code{"GB-ENG": "GB-EAW", "GB-WLS": "GB-EAW", "GB-EAW": "GB-GBN", "GB-SCT": "GB-GBN"}
