package jurisdiction

// territory is a place that publishers of data have codes or names for, and ISO
// 3166 has not, or not by that name.
type territory struct {
	codes   string
	names   []string
	reading Reading
}

// is says that a territory is these places, all of them.
func is(codes ...Code) Reading { return Reading{Codes: codes, Understood: true} }

// in says that a territory lies in a place and is not the whole of it. The code
// says more than that place does, so it is not understood: it may be blocked by
// another name.
func in(code Code) Reading { return Reading{Codes: []Code{code}} }

// territories has the codes of FollowTheMoney (those of subdivisions that are
// ISO's own are not here), and others that are seen in data.
var territories = []territory{
	{"AZ-NK", []string{"Artsakh", "Nagorno-Karabakh", "Republic of Artsakh", "Nagorno-Karabakh Republic"}, in("AZ")},
	{"CY-TRNC TRNC", []string{"Northern Cyprus", "Turkish Republic of Northern Cyprus"}, in("CY")},
	{"MD-PMR", []string{"Transnistria", "Transdniestria", "Pridnestrovian Moldavian Republic"}, is("MD-SN")},
	// Azad Kashmir is the part under Pakistan, whose code this is; but the
	// publisher calls it Kashmir, which both states claim.
	{"PK-KM", nil, Reading{Codes: []Code{"PK-JK"}, Candidates: []Code{"PK-JK", "PK-GB", "IN-JK", "IN-LA"}}},
	{"SO-SOM", []string{"Somaliland", "Republic of Somaliland"}, in("SO")},
	{"X-SO", []string{"South Ossetia", "Republic of South Ossetia"}, in("GE")},
	// The publisher says that it means the peninsula, so with Sevastopol.
	{"UA-CRI", []string{"Crimea", "Republic of Crimea"}, is("UA-43", "UA-40")},
	{"", []string{"Autonomous Republic of Crimea"}, is("UA-43")},
	{"", []string{"Sevastopol", "City of Sevastopol"}, is("UA-40")},
	{"UA-DPR", []string{"Donetsk People's Republic"}, in("UA-14")},
	{"UA-LPR", []string{"Luhansk People's Republic", "Lugansk People's Republic"}, in("UA-09")},
	{"", []string{"Donetsk oblast", "Donetsk region", "Donetska oblast"}, is("UA-14")},
	{"", []string{"Luhansk oblast", "Luhansk region", "Lugansk oblast", "Lugansk region", "Luhanska oblast"}, is("UA-09")},
	{"", []string{"Kherson oblast", "Kherson region"}, is("UA-65")},
	{"", []string{"Zaporizhzhia oblast", "Zaporizhzhia region", "Zaporozhye region"}, is("UA-23")},
	{"", []string{"Abkhazia", "Republic of Abkhazia", "Autonomous Republic of Abkhazia"}, is("GE-AB")},
	{"", []string{"Kurdistan Region of Iraq", "Iraqi Kurdistan"}, is("IQ-KR")},
	{"", []string{"Tibet", "Tibet Autonomous Region"}, is("CN-XZ")},
	{"", []string{"Xinjiang", "Xinjiang Uyghur Autonomous Region"}, is("CN-XJ")},
	{"", []string{"England"}, is("GB-ENG")},
	{"", []string{"Scotland"}, is("GB-SCT")},
	{"", []string{"Wales"}, is("GB-WLS")},
	{"", []string{"Northern Ireland"}, is("GB-NIR")},
	{"", []string{"England and Wales"}, is("GB-EAW")},
	// Great Britain is without Northern Ireland; many mean the state.
	{"", []string{"Great Britain", "Britain"}, Reading{Codes: []Code{"GB"}, Candidates: []Code{"GB-GBN"}}},
	{"", []string{"Channel Islands"}, oneOf("GG", "JE")},
	{"", []string{"Alderney", "Bailiwick of Guernsey"}, is("GG")},
	{"", []string{"Bonaire"}, is("BQ-BO")},
	{"", []string{"Saba"}, is("BQ-SA")},
	{"", []string{"Sint Eustatius"}, is("BQ-SE")},
	// The code of Kosovo in passports (ICAO 9303).
	{"RKS", nil, is(Kosovo)},
	{"EL", nil, is("GR")}, // of the European Union
	// ISO 3166-1 reserves these beside codes of two letters (refusals.go).
	{"ASC", []string{"Ascension Island"}, is("SH-AC")},
	{"TAA", []string{"Tristan da Cunha"}, is("SH-TA")},
	{"CPT", []string{"Clipperton Island"}, is("FR-CP")},
	{"CRQ", []string{"Sark"}, is("GG")},
	{"DGA", []string{"Diego Garcia"}, is("IO")},
	{"", []string{"Canary Islands"}, is("ES-CN")},
	{"", []string{"Ceuta and Melilla"}, oneOf("ES-CE", "ES-ML")},
}
