package ownership

// maxScheme is the longest that the name of a scheme may be.
const maxScheme = 64

// IsScheme says whether text can be the scheme of an Identifier, such as LEI or
// GB-COH: 1 to 64 letters, digits, dots, underscores and hyphens, of which the
// first is a letter or digit. The API has the same rule.
func IsScheme(s string) bool {
	if s == "" || len(s) > maxScheme {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alphanumeric := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alphanumeric && (i == 0 || c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return true
}
