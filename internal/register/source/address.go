package source

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// metadata are addresses outside the link-local ranges at which clouds keep the
// credentials of machines.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd20:ce::254"),    // Google Cloud
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
}

// translated are prefixes whose last 32 bits are an IPv4 address (RFC 6052).
var translated = []netip.Prefix{
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("::/96"),
}

// Forbidden says whether no register may come from an address: it is link-local
// or a metadata service, multicast, or none at all.
func Forbidden(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range translated {
		if a.Is6() && p.Contains(a) && a != netip.IPv6Loopback() {
			b := a.As16()
			a = netip.AddrFrom4([4]byte(b[12:]))
		}
	}
	for _, m := range metadata {
		if a == m {
			return true
		}
	}
	return !a.IsValid() || a.IsUnspecified() || a.IsLinkLocalUnicast() || a.IsMulticast()
}

// ForbiddenHost says whether the host of a URL is a forbidden address, or one in
// a zone. What names resolve to is checked when it is dialled.
func ForbiddenHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && (a.Zone() != "" || Forbidden(a))
}

// allowed is a net.Dialer's Control: it sees the very address that is about to
// be dialled, so that it makes no difference what a name resolved to before.
func allowed(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("dial %q: %w", address, err)
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("dial %q: %w", address, err)
	}
	if Forbidden(a) {
		return &forbiddenError{host}
	}
	return nil
}

// forbiddenError refuses a connection.
type forbiddenError struct{ host string }

func (e *forbiddenError) Error() string {
	return "no register is fetched from " + e.host + ": it is link-local, or where clouds keep the credentials of machines"
}
