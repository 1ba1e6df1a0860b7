package ownership

import "strings"

// The schemes whose ids have a form that this package knows. Names are those of
// org-id.guide.
const (
	schemeLEI = "LEI"
	schemeCOH = "GB-COH"  // Companies House, the United Kingdom
	schemeKVK = "NL-KVK"  // Kamer van Koophandel, the Netherlands
	schemeCVR = "DK-CVR"  // Det Centrale Virksomhedsregister, Denmark
	schemeBRC = "NO-BRC"  // Brønnøysundregistrene, Norway
	schemeUEN = "SG-ACRA" // unique entity number, Singapore
	schemeUSC = "CN-SAIC" // unified social credit code, China
	schemeINN = "RU-INN"  // tax number, Russia
	schemeOGR = "RU-OGRN" // state registration number, Russia
	schemeCRO = "IE-CRO"  // Companies Registration Office, Ireland
	schemeKBO = "BE-BCE_KBO"
)

// usualScheme gives a scheme the name under which it is known here. GLEIF names
// registers by the codes of its list of registration authorities.
func usualScheme(scheme string) string {
	switch scheme {
	case "XI-LEI":
		return schemeLEI
	case "RA000585", "RA000586", "RA000587":
		// England and Wales, Northern Ireland, Scotland.
		return schemeCOH
	case "RA000463":
		return schemeKVK
	case "RA000170":
		return schemeCVR
	case "RA000472":
		return schemeBRC
	case "RA000523":
		return schemeUEN
	case "RA000402":
		return schemeCRO
	case "RA000025", "BE-KBO", "BE-BCE":
		return schemeKBO
	case "CN-USCC":
		return schemeUSC
	default:
		return scheme
	}
}

// normalID is the id as its scheme writes it; "" if it cannot be one.
func normalID(scheme, id string) string {
	switch scheme {
	case schemeLEI:
		if len(id) != leiLength { // not some other alphabet that upper case makes an LEI of
			return ""
		}
		if id = strings.ToUpper(id); !ValidLEI(id) {
			return ""
		}
		return id
	case schemeCOH:
		return companiesHouse(strings.ToUpper(without(id, " ")))
	case schemeKVK, schemeCVR:
		return padded(without(id, " ."), 8)
	case schemeBRC, schemeKBO:
		// Written in groups: 974 760 673, 0123.456.789.
		return without(id, " .")
	case schemeUEN, schemeUSC:
		return strings.ToUpper(without(id, " "))
	case schemeINN, schemeOGR, schemeCRO:
		return without(id, " ")
	default:
		return id
	}
}

// companiesHouse is a company number as Companies House writes it: eight
// characters, with zeros between the letters that it may begin with (SC, NI, OC
// and others) and the digits. What is no company number is left as it is.
func companiesHouse(id string) string {
	letters := 0
	for letters < len(id) && 'A' <= id[letters] && id[letters] <= 'Z' {
		letters++
	}
	const length = 8
	if letters > 2 || len(id) >= length || !digits(id[letters:]) {
		return id
	}
	return id[:letters] + zeros[:length-len(id)] + id[letters:]
}

const zeros = "00000000"

// padded puts zeros before a number that is shorter than its scheme has it.
func padded(id string, length int) string {
	if len(id) >= length || !digits(id) {
		return id
	}
	return zeros[:length-len(id)] + id
}

// without removes the characters that some people group an id with.
func without(id, separators string) string {
	if !strings.ContainsAny(id, separators) {
		return id
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(separators, r) {
			return -1
		}
		return r
	}, id)
}
