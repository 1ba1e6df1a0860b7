package synthetic

import "strings"

// Names are made of words, two to five of them, as long as names in real
// registers are: 28 characters on average.
var (
	first = []string{
		"Amber", "Northern", "Blue", "Copper", "Eastgate", "Falcon", "Granite", "Harbour", "Ivory", "Juniper", "Kestrel", "Lantern",
		"Meridian", "Nimbus", "Oakfield", "Pinnacle", "Quarry", "Riverside", "Silver", "Thornbury", "Umber", "Valley", "Western", "Yellowstone",
	}
	second = []string{
		"Bridge", "Point", "Crest", "Field", "Gate", "Hill", "Light", "Park", "Ridge", "Spring", "Stone", "Tower", "Water", "Wood",
	}
	business = []string{
		"Advisory", "Capital", "Cloud Services", "Compute", "Construction", "Data Centres", "Energy", "Engineering", "Foods", "Freight",
		"Global Equity Fund", "Holdings", "Industries", "Infrastructure", "International Trading", "Investments", "Laboratories", "Logistics",
		"Marine", "Media", "Pension Trust", "Pharma", "Properties", "Real Estate Partners", "Robotics", "Semiconductors", "Software", "Ventures",
	}
	forms  = []string{"Limited", "Ltd", "PLC", "LLC", "Inc.", "GmbH", "S.A.", "S.r.l.", "B.V.", "Pte. Ltd.", "AB", "LP", "Oy", "SICAV"}
	given  = []string{"Ana", "Bo", "Chidi", "Dana", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kavya", "Liam", "Mina", "Noor", "Olga", "Pedro"}
	family = []string{
		"Abara", "Bergström", "Castellanos", "Dvořák", "Eriksen", "Fontaine", "Grünwald", "Hashimoto", "Ivanova", "Jankowski", "Kowalczyk",
		"Laurent", "Montgomery", "Nakamura", "O'Sullivan", "Papadopoulos", "Quintero", "Rasmussen", "Santos", "Thompson-Reyes",
	}
)

func companyName(d *draw) string {
	words := []string{pick(d, first)}
	if d.once(2) {
		words = append(words, pick(d, second))
	}
	words = append(words, pick(d, business))
	if d.once(3) {
		words = append(words, pick(d, []string{"(Holdings)", "Europe", "Asia Pacific", "No. " + string(base36[1+d.below(9)]), "UK", "Group"}))
	}
	return strings.Join(append(words, pick(d, forms)), " ")
}

func personName(d *draw) string {
	name := pick(d, given)
	if d.once(2) {
		name += " " + pick(d, given)
	}
	return name + " " + pick(d, family)
}
