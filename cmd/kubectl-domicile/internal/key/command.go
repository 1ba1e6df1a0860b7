// Package key makes the digests of API keys that the gateway knows them by.
package key

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/api/v1alpha1"
)

// maxKey is how long a key may be, in bytes; leastSecret how long the secret of keyed
// digests must be.
const maxKey, leastSecret = 16 << 10, 16

const long = `Make the digest of an API key, for the annotation by which the gateway knows it.

The key is read from standard input, so that it is in no history and no list of processes. A line break at its end is not part of it. The Secret of the key also needs the label ` + v1alpha1.APIKeyLabel + `: "true".`

const example = `  # Annotate the Secret of a key
  kubectl get secret meridian-key -n shared-inference -o jsonpath={.data.key} | base64 -d | {{.}} key digest | xargs kubectl annotate secret meridian-key -n shared-inference

  # A keyed digest, for keys that could be guessed
  {{.}} key digest --secret-file digest-key < key`

// NewCommand returns the command and what is below it.
func NewCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	command := &cobra.Command{Use: "key", Short: "Make the digests of API keys", Long: "Work with the API keys that the gateway knows."}
	var secretFile string
	digest := &cobra.Command{
		Use:                   "digest",
		DisableFlagsInUseLine: true,
		Short:                 "Make the digest of an API key",
		Long:                  long,
		Example:               strings.ReplaceAll(example, "{{.}}", name),
		Args:                  cobra.NoArgs,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			return write(streams, secretFile)
		},
	}
	digest.Flags().StringVar(&secretFile, "secret-file", "", "A file with the secret that the gateway has in --digest-key-file: the digest is then a keyed one.")
	command.AddCommand(digest)
	return command
}

// write writes an annotation, as kubectl annotate takes it.
func write(streams genericiooptions.IOStreams, secretFile string) error {
	text, err := io.ReadAll(io.LimitReader(streams.In, maxKey+1))
	if err != nil {
		return fmt.Errorf("read the key: %w", err)
	}
	key := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	switch {
	case key == "":
		return errors.New("there is no key on standard input")
	case len(text) > maxKey:
		return fmt.Errorf("the key is longer than %d bytes", maxKey)
	}
	annotation, digest := v1alpha1.KeyDigestAnnotation, sha256.Sum256([]byte(key))
	if secretFile != "" {
		secret, err := os.ReadFile(secretFile)
		if err != nil {
			return fmt.Errorf("read the secret: %w", err)
		}
		if len(secret) < leastSecret {
			return fmt.Errorf("the secret has %d bytes, %d at least", len(secret), leastSecret)
		}
		h := hmac.New(sha256.New, secret)
		_, _ = io.WriteString(h, key) // a hash takes everything
		annotation, digest = v1alpha1.KeyedDigestAnnotation, [sha256.Size]byte(h.Sum(nil))
	}
	fmt.Fprintf(streams.Out, "%s=%s\n", annotation, hex.EncodeToString(digest[:]))
	return nil
}
