package keys

import (
	"bytes"

	"github.com/domicile-dev/domicile/internal/translate"
)

// maxValue is how long a key is that is read, as in requests.
const maxValue = 16 << 10

// digestValues adds the digests of the values that are keys, and wipes all data: what
// stays is one that nobody can make again without the table's secret.
func (k *keeper) digestValues(data map[string][]byte, keys *translate.SecretKeys) {
	for _, name := range k.Values {
		value := bytes.TrimRight(data[name], "\r\n") // which are in no header
		if keys.Live && len(value) > 0 && len(value) <= maxValue {
			keys.Keyed = append(keys.Keyed, k.table.keyed.digestOf(value))
		}
	}
	for _, value := range data {
		clear(value)
	}
}
