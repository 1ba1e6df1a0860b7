package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"syscall"
)

// addresses are those of one cluster. They are its own for as long as it holds
// the listener that reserves them.
type addresses struct {
	n           byte
	six         bool // IPv6 instead of IPv4
	reservation net.Listener
}

// reservationPort is a port that nothing else listens on at the address that
// stands for a whole range.
const reservationPort = 19998

// reserve finds a range that no other cluster on this machine uses.
func reserve(six bool) (*addresses, error) {
	for n := byte(100); n < 200; n++ {
		l, err := net.Listen("tcp", netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, n, 254}), reservationPort).String())
		switch {
		case err == nil:
			return &addresses{n: n, six: six, reservation: l}, nil
		case errors.Is(err, syscall.EADDRINUSE):
			continue
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			return nil, fmt.Errorf("this needs a system that has all of 127.0.0.0/8 on its loopback interface, as Linux does: %w", err)
		default:
			return nil, err
		}
	}
	return nil, errors.New("100 clusters run on this machine already")
}

// IPv6Range has all addresses of clusters that are IPv6: the loopback interface has to
// have them, which it has not by itself.
const IPv6Range = "fd00:d0::/32"

// address is one of a range: 0 is that of Services, 1 that of replicas.
func (a *addresses) address(of, i byte) netip.Addr {
	if a.six {
		return netip.AddrFrom16([16]byte{0xfd, 0, 0, 0xd0, 0, of, 0, a.n, 15: i})
	}
	return netip.AddrFrom4([4]byte{127, of, a.n, i})
}

// services is the range of Service addresses.
func (a *addresses) services() netip.Prefix {
	first := a.address(0, 0)
	return netip.PrefixFrom(first, first.BitLen()-8)
}

// webhook is the address of the webhook's Service.
func (a *addresses) webhook() netip.Addr { return a.address(0, 10) }

// webhookPort is the port of the webhook's Service: 443 as the chart says, or
// another one where only root may listen on that.
func (a *addresses) webhookPort() (int, error) {
	const usual, high = 443, 8443
	l, err := net.Listen("tcp", netip.AddrPortFrom(a.webhook(), usual).String())
	if errors.Is(err, fs.ErrPermission) {
		return high, nil
	}
	if errors.Is(err, syscall.EADDRINUSE) { // an upgrade: it is served already
		return usual, nil
	}
	if err != nil {
		return 0, err
	}
	return usual, l.Close()
}

// replica is the address of a replica, which stands for a pod's.
func (a *addresses) replica(i int) netip.Addr {
	return a.address(1, byte(10+i)) //nolint:gosec // there is a handful
}
