package ownership

// leiLength is that of every LEI: 18 characters and two check digits.
const leiLength = 20

// ValidLEI says whether s, in upper case, is a legal entity identifier with
// right check digits (ISO 17442, by ISO 7064 MOD 97-10): its characters, with
// letters read as 10 to 35, make a number that leaves 1 when divided by 97.
func ValidLEI(s string) bool {
	if len(s) != leiLength {
		return false
	}
	rest := 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case 'A' <= c && c <= 'Z' && i < leiLength-2:
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}
