package launch

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// freePorts finds n different free ports on loopback. They lie below the range
// from which the kernel takes the ports of outgoing connections, so that only
// another listener could take one before it is used.
func freePorts(n int) ([]int, error) {
	const low, high, attempts = 20000, 32000, 1000
	var (
		ports []int
		held  []net.Listener // until all are chosen, so that they differ
		last  error
	)
	defer func() {
		for _, l := range held {
			l.Close() //nolint:errcheck // a port that stays taken fails where it is used
		}
	}()
	for range attempts {
		if len(ports) == n {
			return ports, nil
		}
		port := low + rand.IntN(high-low)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			last = err
			continue
		}
		held = append(held, l)
		ports = append(ports, port)
	}
	return nil, errors.Join(errors.New("no free ports on 127.0.0.1"), last)
}
