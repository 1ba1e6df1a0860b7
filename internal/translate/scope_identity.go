package translate

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// scopeOf identifies parts of an API object: equal ones have the same.
func scopeOf(parts ...any) string {
	hash := sha256.New()
	// These are values of our own types, which JSON can write, to a hash, which
	// takes everything.
	_ = json.NewEncoder(hash).Encode(parts) //nolint:errchkjson // as said
	return base64.RawStdEncoding.EncodeToString(hash.Sum(nil)[:12])
}
