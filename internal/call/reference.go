package call

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// Reference is the number of a refusal. It says when and at which access point whose
// request was refused, to nobody but those who know the names of tenants.
type Reference [12]byte

// NewReference makes the number of a refusal. An empty tenant is nobody.
func NewReference(at time.Time, point, tenant string) Reference {
	var r Reference
	binary.BigEndian.PutUint32(r[:4], uint32(at.Unix()))
	sum := sha256.Sum256([]byte("tenant/" + tenant))
	copy(r[4:10], sum[:])
	sum = sha256.Sum256([]byte("access point/" + point))
	copy(r[10:], sum[:])
	return r
}

var referenceText = base32.StdEncoding.WithPadding(base32.NoPadding)

// group is how many letters stand together.
const group = 5

// String is the number as customers are told it.
func (r Reference) String() string {
	text := referenceText.EncodeToString(r[:])
	var out strings.Builder
	for i := 0; i < len(text); i += group {
		if i > 0 {
			out.WriteByte('-')
		}
		out.WriteString(text[i:min(i+group, len(text))])
	}
	return out.String()
}

// ErrReference says that a text is not the number of a refusal.
var ErrReference = errors.New("it is not a reference: 20 letters and digits from A to Z and 2 to 7, such as NKWQS-CA3PX-XRY4H-57DYQ")

// ParseReference reads a number, in any case, with hyphens or without.
func ParseReference(text string) (r Reference, err error) {
	text = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(text))
	raw, err := referenceText.DecodeString(text)
	if err != nil || len(raw) != len(r) {
		return r, ErrReference
	}
	copy(r[:], raw)
	return r, nil
}

// Time is when the request was refused, to the second.
func (r Reference) Time() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(r[:4])), 0).UTC()
}

// IsOf says whether it was a request of a tenant; "" is nobody.
func (r Reference) IsOf(tenant string) bool {
	other := NewReference(time.Time{}, "", tenant)
	return [6]byte(other[4:10]) == [6]byte(r[4:10])
}

// IsAt says whether it was refused at an access point.
func (r Reference) IsAt(point string) bool {
	other := NewReference(time.Time{}, point, "")
	return [2]byte(other[10:]) == [2]byte(r[10:])
}
