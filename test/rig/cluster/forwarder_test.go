package cluster

import (
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// backend answers every connection with its name and what it was sent.
func backend(t *testing.T, name string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) //nolint:errcheck // nothing follows
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			text, _ := io.ReadAll(conn)                 // the answer shows it
			io.WriteString(conn, name+" "+string(text)) //nolint:errcheck // the client sees it
			conn.Close()                                //nolint:errcheck // nothing follows
		}
	}()
	return netip.MustParseAddrPort(l.Addr().String())
}

func ask(t *testing.T, f *forwarder) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", f.listener.Addr().String())
	if err != nil {
		return "", err // a reset may come as early as this
	}
	defer conn.Close() //nolint:errcheck // nothing follows
	if _, err := io.WriteString(conn, "hello"); err != nil {
		return "", err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return "", err
	}
	text, err := io.ReadAll(conn)
	return string(text), err
}

func TestForwarderSpreadsOverWhatIsReady(t *testing.T) {
	a, b := backend(t, "a"), backend(t, "b")
	dead := netip.MustParseAddrPort("127.0.0.1:1") // ready a moment ago
	var ready atomic.Pointer[[]netip.AddrPort]
	ready.Store(&[]netip.AddrPort{a, dead, b})
	f, err := forward(netip.MustParseAddrPort("127.0.0.1:0"), func() []netip.AddrPort { return *ready.Load() })
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 6 {
		answer, err := ask(t, f)
		if err != nil {
			t.Fatal(err)
		}
		seen[answer] = true
	}
	if !seen["a hello"] || !seen["b hello"] || len(seen) != 2 {
		t.Errorf("answers: %v", seen)
	}
	ready.Store(&[]netip.AddrPort{b})
	for range 3 {
		if answer, err := ask(t, f); answer != "b hello" || err != nil {
			t.Errorf("a is not ready, but: %q, %v", answer, err)
		}
	}
	ready.Store(&[]netip.AddrPort{})
	if answer, err := ask(t, f); answer != "" || err == nil {
		t.Errorf("nothing is ready, but: %q, %v", answer, err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
}

func TestForwarderEndsWhatIsOpenOnReset(t *testing.T) {
	greeter, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer greeter.Close() //nolint:errcheck // nothing follows
	go func() {
		conn, err := greeter.Accept()
		if err != nil {
			return
		}
		io.WriteString(conn, "a") //nolint:errcheck // the client sees it
		io.ReadAll(conn)          //nolint:errcheck // until it ends
		conn.Close()              //nolint:errcheck // nothing follows
	}()
	b := backend(t, "b")
	var ready atomic.Pointer[[]netip.AddrPort]
	ready.Store(&[]netip.AddrPort{netip.MustParseAddrPort(greeter.Addr().String())})
	f, err := forward(netip.MustParseAddrPort("127.0.0.1:0"), func() []netip.AddrPort { return *ready.Load() })
	if err != nil {
		t.Fatal(err)
	}
	open, err := net.Dial("tcp", f.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close() //nolint:errcheck // nothing follows
	if _, err := io.ReadFull(open, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	ready.Store(&[]netip.AddrPort{b})
	f.reset()
	if text, _ := io.ReadAll(open); len(text) > 0 { // it ends, in whatever way
		t.Errorf("a connection that was open is answered by %q", text)
	}
	if answer, err := ask(t, f); answer != "b hello" || err != nil {
		t.Errorf("after: %q, %v", answer, err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
}

func TestForwarderHoldsConnectionsUp(t *testing.T) {
	a := backend(t, "a")
	f, err := forward(netip.MustParseAddrPort("127.0.0.1:0"), func() []netip.AddrPort { return []netip.AddrPort{a} })
	if err != nil {
		t.Fatal(err)
	}
	f.hold()
	answers := make(chan string, 1)
	go func() {
		text, err := ask(t, f)
		if err != nil {
			text = err.Error()
		}
		answers <- text
	}()
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case text := <-answers:
		t.Errorf("it answers: %s", text)
	case <-timer.C:
		f.release()
		if text := <-answers; text != "a hello" {
			t.Errorf("what was sent meanwhile is lost: %s", text)
		}
	}
	f.hold() // that it ends is what is tested
	if err := f.close(); err != nil {
		t.Error(err)
	}
}
