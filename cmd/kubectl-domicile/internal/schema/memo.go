package schema

import (
	"encoding/binary"
	"sync"
)

// What a memo holds is bounded: how long a value is as a key, and how many there
// are.
const (
	longestKey = 256
	mostKeys   = 10_000
)

// memo are short values that obey all rules, by key, and what that costs. Rules
// see nothing but their value, and most values come again and again.
type memo struct {
	mutex sync.RWMutex
	costs map[string]int64
}

func (m *memo) cost(key []byte) (cost int64, known bool) {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	cost, known = m.costs[string(key)]
	return cost, known
}

func (m *memo) add(key []byte, cost int64) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.costs == nil {
		m.costs = map[string]int64{}
	}
	if len(m.costs) < mostKeys {
		m.costs[string(key)] = cost
	}
}

// appendKey writes a value that fits so that no other one is written the same.
// False if that is too long.
func (n *shape) appendKey(key []byte, value any) (longer []byte, short bool) {
	switch value := value.(type) {
	case map[string]any:
		return n.appendObject(key, value)
	case []any:
		key = binary.AppendUvarint(key, uint64(len(value)))
		for _, item := range value {
			if key, short = n.items.appendKey(key, item); !short {
				return nil, false
			}
		}
	case string:
		if len(value) > longestKey {
			return nil, false
		}
		key = append(binary.AppendUvarint(key, uint64(len(value))), value...)
	case int64:
		key = binary.AppendVarint(key, value)
	case bool:
		if value {
			return append(key, 1), true
		}
		return append(key, 0), true
	}
	return key, len(key) < longestKey
}

// appendObject writes the places of the properties that there are among the
// names, each with its value.
func (n *shape) appendObject(key []byte, object map[string]any) (longer []byte, short bool) {
	if n.free || n.additional != nil {
		return nil, false
	}
	for i, name := range n.names {
		value, given := object[name]
		if !given {
			continue
		}
		if key, short = n.properties[name].appendKey(binary.AppendUvarint(key, uint64(i)), value); !short {
			return nil, false
		}
	}
	key = binary.AppendUvarint(key, uint64(len(n.names)))
	return key, len(key) < longestKey
}
