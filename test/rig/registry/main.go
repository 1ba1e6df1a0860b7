// Command registry is the CNCF Distribution registry, in memory, on loopback: tests
// push artifacts to it and load them from there. Without a certificate it does not
// serve over TLS.
//
// It is a module of its own so that its dependencies bind neither those of the
// product nor those of the test control plane.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory" // the only storage that tests need
	"github.com/sirupsen/logrus"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

// run serves until a signal comes. It prints its address when it listens.
func run(args []string) error {
	flags := flag.NewFlagSet("registry", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:0", "`host:port` to listen on")
	certificate := flags.String("certificate", "", "`file` with the certificate in PEM")
	key := flags.String("key", "", "`file` with its key in PEM")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logrus.SetOutput(io.Discard)
	config := &configuration.Configuration{Storage: configuration.Storage{"inmemory": nil}}
	config.Log.Level = "error"
	config.Log.AccessLog.Disabled = true
	config.Catalog.MaxEntries = 100
	config.HTTP.Secret = "of no use beyond one test"
	server := &http.Server{
		Handler: handlers.NewApp(ctx, config), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0), // clients that do not trust the certificate are part of tests
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *address)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		<-ctx.Done()
		_ = server.Close() // what is in memory is lost anyway
	}()
	if *certificate == "" {
		err = server.Serve(listener)
	} else {
		err = server.ServeTLS(listener, *certificate, *key)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
