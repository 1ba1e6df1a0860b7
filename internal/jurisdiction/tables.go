//go:build ignore

// Writes names.txt and former.txt. To refresh them, in this folder:
//
//	pip install --no-deps --target /tmp/py pycountry==VERSION iso3166-updates==VERSION
//	npm install --no-save --prefix /tmp/js cldr-core@VERSION cldr-localenames-full@VERSION
//	go run tables.go /tmp/py /tmp/js/node_modules
//
// then read the diff, and what it says about codes that go to no code of today:
// those need a row in merged (former.go), or they lie in their country.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/domicile-dev/domicile/internal/jurisdiction"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: go run tables.go PYTHON_PACKAGES NODE_MODULES")
	}
	python, node := os.Args[1], os.Args[2]
	current := read()
	write("names.txt", `English names of countries: code, then its names, separated by tabs. To refresh
this file see tables.go. From ISO 3166-1 in the PyPI package `+pypi(python, "pycountry")+`, and
from Unicode CLDR in golang.org/x/text and in the npm package
`+npm(node, "cldr-localenames-full")+` (Unicode License v3).`, names(python, node, current))
	write("former.txt", `Codes of ISO 3166-2 that are no longer in use: the code, then what replaced it,
or nothing where the standard's change lists do not say. Separated by tabs. To
refresh this file see tables.go. From the change lists in the PyPI package
`+pypi(python, "iso3166_updates")+` (MIT License), and from Unicode CLDR in the npm
package `+npm(node, "cldr-core")+` (Unicode License v3).`, former(python, node))
}

// read returns the codes of today with their names, as iso3166.txt has them.
func read() map[string]string {
	all := map[string]string{"XK": "Kosovo"}
	for line := range strings.Lines(string(must(os.ReadFile("iso3166.txt")))) {
		if !strings.HasPrefix(line, "#") {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			all[fields[0]] = fields[1]
		}
	}
	return all
}

// names has for each country the names of all sources.
func names(python, node string, current map[string]string) []string {
	all := map[string][]string{}
	add := func(code, name string) {
		if _, ok := current[code]; ok && name != "" && !slices.Contains(all[code], name) {
			all[code] = append(all[code], name)
		}
	}
	for code, name := range current {
		if len(code) == 2 {
			add(code, name)
			add(code, display.English.Regions().Name(language.MustParseRegion(code)))
		}
	}
	var iso struct {
		Countries []struct {
			Code     string `json:"alpha_2"`
			Name     string
			Official string `json:"official_name"`
			Common   string `json:"common_name"`
		} `json:"3166-1"`
	}
	load(&iso, python, "pycountry/databases/iso3166-1.json")
	for _, c := range iso.Countries {
		add(c.Code, c.Name)
		add(c.Code, c.Official)
		add(c.Code, c.Common)
	}
	var cldr struct {
		Main struct {
			En struct {
				LocaleDisplayNames struct{ Territories map[string]string }
			}
		}
	}
	load(&cldr, node, "cldr-localenames-full/main/en/territories.json")
	territories := cldr.Main.En.LocaleDisplayNames.Territories
	for _, key := range slices.Sorted(maps.Keys(territories)) {
		code, _, _ := strings.Cut(key, "-")
		add(code, territories[key])
	}
	var lines []string
	for code, list := range all {
		slices.Sort(list[1:])
		lines = append(lines, code+"\t"+strings.Join(list, "\t"))
	}
	return lines
}

var (
	code    = `[A-Z]{2}-[A-Z0-9]{1,3}`
	oneCode = regexp.MustCompile(code)
	// Where another kind of change begins.
	begins = regexp.MustCompile(`;|\b(?i:deleted codes|subdivisions?|codes?|category|parent|names?|spelling|local|change|deletion|addition|deleted?|add(?:ed)?|modification|correction|error|update)\b`)
	// Kinds of changes that leave the code alone.
	other    = regexp.MustCompile(`(?i)parent|categor|spelling|name|add`)
	deleted  = regexp.MustCompile(`(?i)delet|remov`)
	became   = regexp.MustCompile(`(` + code + `)\b[^,;>]{0,60}?(?: -> | to )(?:[A-Z]{2}[- ])?([A-Z0-9]{1,3})\b`)
	noLonger = regexp.MustCompile(`(` + code + `)(?: ?(?:-|–|to) ?(` + code + `))?(?:[^.;]{0,40}?\(see ISO 3166-2:([A-Z]{2})\))?`)
)

// history is what the standard's change lists say about codes.
type history struct {
	became map[string]map[string]string // by code and day
	gone   map[string]string            // to the code in ISO 3166-1, if it got one
}

// former has each code that the standard once had, with what it became.
func former(python, node string) []string {
	var updates map[string][]map[string]string
	load(&updates, python, "iso3166_updates/iso3166-updates.json")
	h := history{became: map[string]map[string]string{}, gone: map[string]string{}}
	for _, list := range updates {
		slices.SortFunc(list, func(a, b map[string]string) int { return strings.Compare(a["Date Issued"], b["Date Issued"]) })
		for _, u := range list {
			h.read(u["Date Issued"], u["Change"])
			h.read(u["Date Issued"], u["Description of Change"])
		}
	}
	aliases := cldrAliases(node)
	all := map[string]string{}
	for c := range h.became {
		all[c] = h.follow(c)
	}
	for c, to := range h.gone {
		if all[c] == "" {
			all[c] = to
		}
	}
	for c, to := range aliases {
		if all[c] == "" {
			all[c] = to
		} else if all[c] != to {
			log.Printf("%s became %s, and by CLDR %s", c, all[c], to)
		}
	}
	var lines []string
	for c, to := range all {
		if _, err := jurisdiction.Parse(c); err != nil {
			lines = append(lines, strings.TrimSpace(c+"\t"+canonical(to)))
		}
	}
	return lines
}

// canonical writes what is listed by itself as that: CN-TW is TW.
func canonical(codes string) string {
	fields := strings.Fields(codes)
	for i, f := range fields {
		if c, err := jurisdiction.Parse(f); err == nil {
			fields[i] = string(c)
		}
	}
	return strings.Join(fields, " ")
}

// read reads one text of the change lists.
func (h history) read(day, text string) {
	at := 0
	for _, found := range append(begins.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		h.clause(day, text[at:found[0]])
		at = found[0]
	}
}

func (h history) clause(day, text string) {
	first := oneCode.FindStringIndex(text)
	if first == nil || other.MatchString(text[:first[0]]) {
		return
	}
	if !deleted.MatchString(text[:first[0]]) {
		for _, m := range became.FindAllStringSubmatch(text, -1) {
			if to := m[1][:3] + m[2]; to != m[1] {
				if h.became[m[1]] == nil {
					h.became[m[1]] = map[string]string{}
				}
				h.became[m[1]][day] = to
			}
		}
		return
	}
	for _, m := range noLonger.FindAllStringSubmatch(text, -1) {
		if h.gone[m[1]] == "" {
			h.gone[m[1]] = m[3]
		}
		low, err := strconv.Atoi(m[1][3:])
		high, err2 := strconv.Atoi(strings.TrimPrefix(m[2], m[1][:3]))
		if err != nil || err2 != nil {
			continue
		}
		for n := low; n <= high; n++ {
			h.gone[fmt.Sprintf("%s%0*d", m[1][:3], len(m[1])-3, n)] = ""
		}
	}
}

// follow returns what a code last became. What the new code became later counts,
// but not what it was before or on the same day: codes are exchanged.
func (h history) follow(c string) string {
	day := slices.Max(slices.Collect(maps.Keys(h.became[c])))
	for {
		c = h.became[c][day]
		later := slices.Sorted(maps.Keys(h.became[c]))
		later = slices.DeleteFunc(later, func(d string) bool { return d <= day })
		if len(later) == 0 {
			return c
		}
		day = later[0]
	}
}

// cldrAliases has what CLDR says codes became, which knows some that the change
// lists only call deleted.
func cldrAliases(node string) map[string]string {
	var cldr struct {
		Supplemental struct {
			Metadata struct {
				Alias struct {
					SubdivisionAlias map[string]struct {
						Replacement string `json:"_replacement"`
					}
				}
			}
		}
	}
	load(&cldr, node, "cldr-core/supplemental/aliases.json")
	all := map[string]string{}
	for from, to := range cldr.Supplemental.Metadata.Alias.SubdivisionAlias {
		all[subdivision(from)] = strings.Join(slices.Collect(func(yield func(string) bool) {
			for part := range strings.FieldsSeq(to.Replacement) {
				if !yield(subdivision(part)) {
					return
				}
			}
		}), " ")
	}
	return all
}

// subdivision turns CLDR's cn11 into CN-11.
func subdivision(id string) string {
	id = strings.ToUpper(id)
	if len(id) == 2 {
		return id
	}
	return id[:2] + "-" + id[2:]
}

func load(into any, path ...string) {
	data := must(os.ReadFile(filepath.Join(path...)))
	check(json.Unmarshal(data, into))
}

// npm returns a package's name and version.
func npm(node, name string) string {
	var p struct{ Version string }
	load(&p, node, name+"/package.json")
	return name + " " + p.Version
}

// pypi does the same for what pip installed.
func pypi(python, name string) string {
	found := must(filepath.Glob(filepath.Join(python, name+"-*.dist-info")))
	if len(found) != 1 {
		log.Fatalf("%s: there are %d packages %s", python, len(found), name)
	}
	name, number, _ := strings.Cut(strings.TrimSuffix(filepath.Base(found[0]), ".dist-info"), "-")
	return strings.ReplaceAll(name, "_", "-") + " " + number
}

func write(file, header string, lines []string) {
	slices.Sort(lines)
	text := "# " + strings.ReplaceAll(header, "\n", "\n# ") + "\n" + strings.Join(lines, "\n") + "\n"
	check(os.WriteFile(file, []byte(text), 0o644))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
