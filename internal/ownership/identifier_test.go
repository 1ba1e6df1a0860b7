package ownership_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/domicile-dev/domicile/internal/ownership"
)

func TestNormalIdentifiers(t *testing.T) {
	type id = ownership.Identifier
	const lei = "00LANTERNSG000000007"
	for _, test := range []struct {
		reason   string
		in, want id
	}{
		{"as it is written", id{"LEI", lei}, id{"LEI", lei}},
		{"lower case and white space", id{" lei ", " 00lanternsg000000007\n"}, id{"LEI", lei}},
		{"the name that org-id.guide has for it", id{"XI-LEI", lei}, id{"LEI", lei}},
		{"two digits change places", id{"LEI", "00LANTERNSG000000070"}, id{}},
		{"one digit is wrong", id{"LEI", "00LANTERNSG000000008"}, id{}},
		{"too short", id{"LEI", "00LANTERNSG00000007"}, id{}},
		{"too long", id{"LEI", lei + "0"}, id{}},
		{"letters where check digits should be", id{"LEI", "00LANTERNSG0000000AB"}, id{}},
		{"a character that no LEI has", id{"LEI", "00LANTERN-G000000007"}, id{}},
		{"no LEI, but nobody says so", id{"ZZ-TEST", "00LANTERNSG000000070"}, id{"ZZ-TEST", "00LANTERNSG000000070"}},

		{"a company number of eight digits", id{"GB-COH", "12345678"}, id{"GB-COH", "12345678"}},
		{"without its zero", id{"gb-coh", "3004112"}, id{"GB-COH", "03004112"}},
		{"Scotland, in lower case", id{"GB-COH", "sc1234"}, id{"GB-COH", "SC001234"}},
		{"Northern Ireland with a blank", id{"GB-COH", "NI 012345"}, id{"GB-COH", "NI012345"}},
		{"a limited liability partnership", id{"GB-COH", "OC300001"}, id{"GB-COH", "OC300001"}},
		{"an old number of Northern Ireland", id{"GB-COH", "R1"}, id{"GB-COH", "R0000001"}},
		{"an industrial and provident society", id{"GB-COH", "IP12345R"}, id{"GB-COH", "IP12345R"}},
		{"no company number", id{"GB-COH", "n/a"}, id{"GB-COH", "N/A"}},
		{"more than eight digits", id{"GB-COH", "123456789"}, id{"GB-COH", "123456789"}},
		{"GLEIF's code of Companies House", id{"RA000585", "3004112"}, id{"GB-COH", "03004112"}},
		{"GLEIF's code for Northern Ireland", id{"RA000586", "NI012345"}, id{"GB-COH", "NI012345"}},
		{"GLEIF's code for Scotland", id{"RA000587", "SC001234"}, id{"GB-COH", "SC001234"}},

		{"the Netherlands", id{"RA000463", "1234567"}, id{"NL-KVK", "01234567"}},
		{"Norway, in groups", id{"NO-BRC", "974 760 673"}, id{"NO-BRC", "974760673"}},
		{"Belgium, with points", id{"RA000025", "0123.456.789"}, id{"BE-BCE_KBO", "0123456789"}},
		{"Singapore", id{"SG-ACRA", "201912345k"}, id{"SG-ACRA", "201912345K"}},
		{"a scheme that nobody knows keeps its case", id{"zz-test", "aB"}, id{"ZZ-TEST", "aB"}},
		{"no scheme", id{" ", "x"}, id{}},
		{"no id", id{"GB-COH", "\t"}, id{}},
		{"nothing but a separator", id{"NO-BRC", "."}, id{}},
	} {
		t.Run(test.reason, func(t *testing.T) {
			got := test.in.Normal()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again := got.Normal(); again != got {
				t.Errorf("the normal form of %v is %v", got, again)
			}
		})
	}
}

func TestNormalAllocatesNothingWhereNothingChanges(t *testing.T) {
	for _, i := range []ownership.Identifier{
		{Scheme: "LEI", ID: "00LANTERNSG000000007"}, {Scheme: "GB-COH", ID: "SC001234"},
		{Scheme: "NO-BRC", ID: "974760673"}, {Scheme: "OREG.UK-PSC", ID: "4711"},
	} {
		if n := testing.AllocsPerRun(100, func() { i.Normal() }); n > 0 {
			t.Errorf("%v: %g allocations", i, n)
		}
	}
}

func FuzzNormalIsNormal(f *testing.F) {
	f.Add("LEI", "00lanternsg000000007")
	f.Add("gb-coh", "sc 12")
	f.Add("ß", "\u00a0x")
	f.Fuzz(func(t *testing.T, scheme, id string) {
		once := ownership.Identifier{Scheme: scheme, ID: id}.Normal()
		if twice := once.Normal(); once != twice {
			t.Errorf("%q:%q is %v, and that is %v", scheme, id, once, twice)
		}
	})
}
