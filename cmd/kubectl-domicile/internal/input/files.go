package input

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/internal/world"
	"github.com/domicile-dev/domicile/cmd/kubectl-domicile/manifest"
)

// Files is the flag that names manifests.
type Files struct {
	names     []string
	folders   []string // of kustomize
	registers []string
	namespace string
}

// AddFilesFlag adds -f.
func (f *Files) AddFilesFlag(command *cobra.Command, usage string) {
	f.AddFlag(command, "filename", "f", usage)
	command.Flags().StringSliceVarP(&f.folders, "kustomize", "k", nil, "Folders that kustomize builds the manifests from, as with kubectl apply -k. They add to -f.")
	if err := command.MarkFlagDirname("kustomize"); err != nil {
		panic(err) // The flag has just been defined.
	}
}

// AddNamespaceFlag adds -n.
func (f *Files) AddNamespaceFlag(command *cobra.Command, usage string) {
	command.Flags().StringVarP(&f.namespace, "namespace", "n", "", usage)
	Complete(command, "namespace")
}

// CheckNamespace refuses what is no namespace, if the flag is given: of a
// variable that is not set nothing is left.
func (f *Files) CheckNamespace(command *cobra.Command) error {
	if !command.Flags().Changed("namespace") {
		return nil
	}
	if f.namespace == "" {
		return errors.New("--namespace is empty: name one, or leave the flag out")
	}
	if problems := validation.IsDNS1123Label(f.namespace); len(problems) > 0 {
		return fmt.Errorf("--namespace %q: %s", f.namespace, problems[0])
	}
	return nil
}

// AddFlag adds a flag of another name than -f that names manifests.
func (f *Files) AddFlag(command *cobra.Command, name, shorthand, usage string) {
	command.Flags().StringSliceVarP(&f.names, name, shorthand, nil, usage)
	if err := command.MarkFlagFilename(name, "yaml", "yml", "json"); err != nil {
		panic(err) // The flag has just been defined.
	}
}

// AddRegisterFlag adds --register.
func (f *Files) AddRegisterFlag(command *cobra.Command) {
	command.Flags().StringArrayVar(&f.registers, "register", nil,
		"NAME=PATH: where the data of an OwnershipRegister is on this machine, instead of its source: a file (several, if it is given again), or the folder in which spec.source.file.paths begin. NAME= does without the data.")
}

// Registers reads --register.
func (f *Files) Registers() (world.Registers, error) {
	return ParseRegisters("--register", f.registers)
}

// ParseRegisters reads the values of a flag that says where registers are.
func ParseRegisters(flag string, values []string) (world.Registers, error) {
	places := world.Registers{}
	for _, text := range values {
		name, path, found := strings.Cut(text, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("%s %q is not NAME=PATH, the name of an OwnershipRegister and a file or folder", flag, text)
		}
		if slices.Contains(places[name], "") || path == "" && len(places[name]) > 0 {
			return nil, fmt.Errorf("%s %s= does without data that another %s names", flag, name, flag)
		}
		places[name] = append(places[name], path)
	}
	return places, nil
}

// Given says whether any manifests are named.
func (f *Files) Given() bool { return len(f.names) > 0 || len(f.folders) > 0 }

// FromStdin says whether standard input is among them.
func (f *Files) FromStdin() bool { return slices.Contains(f.names, manifest.Stdin) }

// Read reads the manifests. What is wrong with them is an *Error.
func (f *Files) Read(ctx context.Context, streams genericiooptions.IOStreams) (*world.Manifests, error) {
	places, err := f.Registers()
	if err != nil {
		return nil, err
	}
	return f.ReadWith(ctx, streams, func([]manifest.Object) world.Options { return world.Options{Registers: places} })
}

// ReadWith is Read with options that depend on what is read. The namespace is
// that of -n.
func (f *Files) ReadWith(ctx context.Context, streams genericiooptions.IOStreams, options func([]manifest.Object) world.Options) (*world.Manifests, error) {
	objects, errs := f.load(streams)
	how := options(objects)
	how.Namespace = f.namespace
	manifests, more := world.FromManifests(ctx, objects, how)
	if errs = append(errs, more...); len(errs) > 0 {
		return nil, NewError(errs)
	}
	f.Skipped(streams, manifests)
	return manifests, nil
}

// Objects reads the manifests and makes nothing of them.
func (f *Files) Objects(streams genericiooptions.IOStreams) ([]manifest.Object, error) {
	objects, errs := f.load(streams)
	if len(errs) > 0 {
		return nil, NewError(errs)
	}
	return objects, nil
}

func (f *Files) load(streams genericiooptions.IOStreams) ([]manifest.Object, []*manifest.Error) {
	objects, errs := manifest.Load(f.names, streams.In, manifest.DefaultLimits)
	for _, folder := range f.folders {
		more, wrong := kustomize(folder)
		objects, errs = append(objects, more...), append(errs, wrong...)
	}
	return objects, errs
}

// Skipped tells what of the manifests is not for any API server.
func (f *Files) Skipped(streams genericiooptions.IOStreams, manifests *world.Manifests) {
	for _, at := range manifests.Skipped {
		fmt.Fprintf(streams.ErrOut, "%s: skipped, since only kustomize reads it: name its folder with -k\n", at)
	}
}

// Command adds the manifests to a command that explains more.
func (f *Files) Command(command string) string {
	if command == "" {
		return ""
	}
	for _, name := range f.names {
		command += " -f " + quote(name)
	}
	for _, folder := range f.folders {
		command += " -k " + quote(folder)
	}
	for _, register := range f.registers {
		command += " --register " + quote(register)
	}
	return command
}

// quote makes one word of a name for a shell.
func quote(name string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,~=", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !safe(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// Error is what is wrong with the manifests, each with file and line.
type Error struct {
	// Errors are by file and line.
	Errors []*manifest.Error
}

// NewError sorts errors by place.
func NewError(errs []*manifest.Error) *Error {
	slices.SortStableFunc(errs, func(a, b *manifest.Error) int {
		return cmp.Or(
			strings.Compare(a.Position.File, b.Position.File), a.Position.Line-b.Position.Line,
			a.Position.Column-b.Position.Column, strings.Compare(a.Err.Error(), b.Err.Error()),
		)
	})
	return &Error{Errors: errs}
}

// Error has a line for each.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Errors))
	for _, err := range e.Errors {
		lines = append(lines, err.Error())
	}
	return strings.Join(lines, "\n")
}
