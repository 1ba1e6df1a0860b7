// Command argocd is Argo CD's application controller and its repository server, and a
// Redis for them, in one program: `argocd COMPONENT [FLAGS]`. Argo CD's own program has its
// pages and its command line besides, which compile for long and which nobody opens here.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alicebob/miniredis/v2"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "argocd", SilenceUsage: true}
	redis := &cobra.Command{Use: "redis ADDRESS", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return serve(args[0])
	}}
	root.AddCommand(controller.NewCommand(), reposerver.NewCommand(), redis)
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}

// serve is a Redis at an address until the process is asked to end.
func serve(address string) error {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(address); err != nil {
		return fmt.Errorf("serve Redis: %w", err)
	}
	defer server.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	return nil
}
