package cluster

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// forwarder stands in for kube-proxy at one address: it spreads connections
// over the backends that are ready, and resets them when there is none.
type forwarder struct {
	listener *net.TCPListener
	backends func() []netip.AddrPort // those that are ready now
	next     atomic.Uint32
	ctx      context.Context // ends with the forwarder
	cancel   context.CancelFunc
	open     sync.WaitGroup

	mu   sync.Mutex
	live context.Context // ends with the connections that are open
	drop context.CancelFunc
	held chan struct{} // closed unless connections are held up
}

// forward listens on an address until close.
func forward(address netip.AddrPort, backends func() []netip.AddrPort) (*forwarder, error) {
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(address))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &forwarder{listener: l, backends: backends, ctx: ctx, cancel: cancel}
	f.live, f.drop = context.WithCancel(ctx)
	f.held = make(chan struct{})
	close(f.held)
	f.open.Go(f.accept)
	return f, nil
}

// hold lets nothing through any more, in either direction, and leaves every connection
// open, until release.
func (f *forwarder) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = make(chan struct{})
}

func (f *forwarder) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.held)
}

// passing is a connection whose data wait while they are held up.
type passing struct {
	*net.TCPConn
	f *forwarder
}

// Read implements io.Reader.
func (p passing) Read(data []byte) (int, error) {
	n, err := p.TCPConn.Read(data)
	p.f.mu.Lock()
	held := p.f.held
	p.f.mu.Unlock()
	select {
	case <-held:
		return n, err
	case <-p.f.ctx.Done():
		return 0, p.f.ctx.Err()
	}
}

// WriteTo hides the one of the connection, which would not wait.
func (p passing) WriteTo(to io.Writer) (int64, error) {
	return io.Copy(to, struct{ io.Reader }{p})
}

// reset ends the connections that are open, so that new ones go to what is a
// backend now.
func (f *forwarder) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop()
	f.live, f.drop = context.WithCancel(f.ctx)
}

func (f *forwarder) lives() context.Context {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live
}

// close ends every connection and returns when nothing is left.
func (f *forwarder) close() error {
	f.cancel()
	err := f.listener.Close()
	f.open.Wait()
	return err
}

func (f *forwarder) accept() {
	for {
		conn, err := f.listener.AcceptTCP()
		if err != nil {
			return // closed
		}
		f.open.Go(func() { f.serve(conn) })
	}
}

// serve connects a client with the first backend that answers.
func (f *forwarder) serve(client *net.TCPConn) {
	live := f.lives()
	backend, err := f.dial()
	if err != nil {
		client.SetLinger(0) //nolint:errcheck // then it is closed instead of reset
		client.Close()      //nolint:errcheck // nobody to tell
		return
	}
	stop := context.AfterFunc(live, func() {
		client.Close()  //nolint:errcheck // nobody to tell
		backend.Close() //nolint:errcheck // nobody to tell
	})
	defer stop()
	var copies sync.WaitGroup
	copies.Go(func() { pipe(backend, passing{client, f}) })
	copies.Go(func() { pipe(client, passing{backend, f}) })
	copies.Wait()
	client.Close()  //nolint:errcheck // nobody to tell
	backend.Close() //nolint:errcheck // nobody to tell
}

// pipe copies one direction; when a side has ended, the other learns it.
func pipe(to *net.TCPConn, from passing) {
	if _, err := io.Copy(to, from); err != nil {
		to.SetLinger(0) //nolint:errcheck // then it is closed instead of reset
		to.Close()      //nolint:errcheck // nobody to tell
		return
	}
	to.CloseWrite() //nolint:errcheck // nobody to tell
}

// dial tries every backend that is ready once, in turn.
func (f *forwarder) dial() (*net.TCPConn, error) {
	backends := f.backends()
	first := int(f.next.Add(1))
	errs := []error{errors.New("no backend is ready")}
	for i := range backends {
		conn, err := (&net.Dialer{}).DialTCP(f.ctx, "tcp", netip.AddrPort{}, backends[(first+i)%len(backends)])
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
