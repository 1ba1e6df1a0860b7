package translate

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"oras.land/oras-go/v2/registry"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/source"
)

const (
	defaultInterval   = 24 * time.Hour
	shortestInterval  = 10 * time.Second
	longestInterval   = 8760 * time.Hour
	longestName       = 59 // with OREG. before it, the longest scheme
	defaultMaxRefused = "1"
)

var registerFormats = names[v1alpha1.RegisterFormat, register.Format]{
	v1alpha1.FormatBODS:           register.BODS,
	v1alpha1.FormatGLEIF:          register.GLEIF,
	v1alpha1.FormatFollowTheMoney: register.FollowTheMoney,
}

var consolidations = names[v1alpha1.ConsolidationRule, register.Consolidation]{
	v1alpha1.ConsolidationCountsAsMajority: register.CountsAsMajority,
	v1alpha1.ConsolidationIgnored:          register.Ignored,
}

var branches = names[v1alpha1.BranchRule, register.Branches]{
	v1alpha1.BranchesSameParty: register.SameParty,
	v1alpha1.BranchesIgnored:   register.BranchesIgnored,
}

// RegisterSpec says how a register is fetched and read.
type RegisterSpec struct {
	Source  source.Spec
	Options register.Options
	// Interval is how often the source is asked.
	Interval time.Duration
}

// Register compiles an OwnershipRegister. With errors it must not be loaded.
func Register(r *v1alpha1.OwnershipRegister) (RegisterSpec, field.ErrorList) {
	c := entityCompiler{name: r.Name}
	at := field.NewPath("spec")
	if len(r.Name) > longestName {
		c.refuse(field.TooLong(field.NewPath("metadata", "name"), r.Name, longestName))
	}
	var out RegisterSpec
	var err *field.Error
	out.Options.Format, err = registerFormats.find(r.Spec.Format, at.Child("format"))
	c.refuse(err)
	if r.Spec.Consolidation != "" {
		out.Options.Consolidation, err = consolidations.find(r.Spec.Consolidation, at.Child("consolidation"))
		c.refuse(err)
		if r.Spec.Format != v1alpha1.FormatGLEIF {
			c.refuse(field.Forbidden(at.Child("consolidation"), "only format GLEIF has accounting consolidation"))
		}
	}
	if r.Spec.Branches != "" {
		out.Options.Branches, err = branches.find(r.Spec.Branches, at.Child("branches"))
		c.refuse(err)
		if r.Spec.Format != v1alpha1.FormatGLEIF {
			c.refuse(field.Forbidden(at.Child("branches"), "only format GLEIF has records of branches"))
		}
	}
	out.Source = c.source(r.Spec.Source, at.Child("source"))
	out.Source.Checksum = c.checksum(r.Spec.Checksum, out.Source, at.Child("checksum"))
	out.Interval = c.interval(r.Spec.Interval, at.Child("interval"))
	out.Options.MaxRefused = c.maxRefused(r.Spec.MaxRefused, at.Child("maxRefused"))
	return out, c.errs
}

func (c *entityCompiler) source(s v1alpha1.RegisterSource, at *field.Path) source.Spec {
	var out source.Spec
	sources := 0
	if s.File != nil {
		sources++
		out.Paths = s.File.Paths
		c.paths(s.File.Paths, at.Child("file", "paths"))
	}
	if s.HTTPS != nil {
		sources++
		out.URLs = s.HTTPS.URLs
		c.urls(s.HTTPS.URLs, at.Child("https", "urls"))
	}
	if s.OCI != nil {
		sources++
		out.Reference = s.OCI.Reference
		c.reference(s.OCI.Reference, at.Child("oci", "reference"))
	}
	if sources != 1 {
		c.refuse(field.Invalid(at, sources, "exactly one of file, https and oci must be set"))
	}
	return out
}

func (c *entityCompiler) paths(paths []string, at *field.Path) {
	if len(paths) == 0 {
		c.refuse(field.Required(at, "the files of the register"))
	}
	for i, p := range paths {
		if p == "" || path.IsAbs(p) || path.Clean(p) != p || p == "." || p == ".." || strings.HasPrefix(p, "../") {
			c.refuse(field.Invalid(at.Index(i), p, "must be a path below the manager's folder for registers"))
		} else if _, err := path.Match(p, ""); err != nil {
			c.refuse(field.Invalid(at.Index(i), p, "the wildcards cannot be read: a bracket is not closed, or nothing is in it"))
		}
	}
}

func (c *entityCompiler) urls(urls []string, at *field.Path) {
	if len(urls) == 0 {
		c.refuse(field.Required(at, "the files of the register"))
	}
	for i, text := range urls {
		// What was declared is not repeated: it may have a secret where none belongs.
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "":
			c.refuse(field.Invalid(at.Index(i), field.OmitValueType{}, "must be an https URL without user name, password and fragment"))
		case source.ForbiddenHost(u.Hostname()):
			c.refuse(field.Invalid(at.Index(i), field.OmitValueType{}, fmt.Sprintf(
				"%s is link-local, or where clouds keep the credentials of machines", u.Hostname())))
		}
	}
}

func (c *entityCompiler) reference(text string, at *field.Path) {
	r, err := registry.ParseReference(text)
	host := url.URL{Host: r.Registry}
	switch {
	case err != nil:
		c.refuse(field.Invalid(at, text, err.Error()))
	case r.Reference == "":
		c.refuse(field.Invalid(at, text, "must have a tag or a digest"))
	case source.ForbiddenHost(host.Hostname()):
		c.refuse(field.Invalid(at, text, host.Hostname()+" is link-local, or where clouds keep the credentials of machines"))
	}
}

func (c *entityCompiler) checksum(text string, s source.Spec, at *field.Path) string {
	if text == "" {
		return ""
	}
	digits, ok := strings.CutPrefix(text, "sha256:")
	if !ok || len(digits) != 64 || strings.Trim(digits, "0123456789abcdef") != "" {
		c.refuse(field.Invalid(at, text, "must be sha256: and 64 hexadecimal digits in lower case"))
	}
	if len(s.URLs) > 1 || len(s.Paths) > 1 || (len(s.Paths) == 1 && strings.ContainsAny(s.Paths[0], "*?[")) {
		c.refuse(field.Forbidden(at, "it is that of one file: name one, without wildcards"))
	}
	return text
}

func (c *entityCompiler) interval(d v1alpha1.Duration, at *field.Path) time.Duration {
	if d == "" {
		return defaultInterval
	}
	parsed, err := time.ParseDuration(string(d))
	if err != nil || parsed < shortestInterval || parsed > longestInterval {
		c.refuse(field.Invalid(at, d, "must be from 10s to 8760h"))
	}
	return parsed
}

func (c *entityCompiler) maxRefused(p v1alpha1.Percent, at *field.Path) ownership.Percent {
	if p == "" {
		p = defaultMaxRefused
	}
	parsed, err := ownership.ParsePercentDown(string(p))
	if err != nil {
		c.refuse(field.Invalid(at, p, err.Error()))
	}
	return parsed
}
