package translate

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
)

// maxBody is the longest body that an access point may have read.
const maxBody = 16 << 20

var pointerPattern = regexp.MustCompile(`^(/([^~/]|~0|~1)+)+$`)

// model compiles where the model is. Where that cannot be read, it is nowhere.
func (c *pointCompiler) model(m *v1alpha1.ModelSource, path *field.Path) {
	if m == nil {
		return
	}
	before := len(c.errs)
	out := &call.Model{Aliases: map[string]string{}, MaxBody: defaultMaxBody}
	set := 0
	if m.JSONPointer != "" {
		set++
		if !pointerPattern.MatchString(m.JSONPointer) {
			c.refuse(field.Invalid(path.Child("jsonPointer"), m.JSONPointer, "must be a JSON pointer such as /model"))
		}
		for segment := range strings.SplitSeq(strings.TrimPrefix(m.JSONPointer, "/"), "/") {
			out.Pointer = append(out.Pointer, strings.NewReplacer("~1", "/", "~0", "~").Replace(segment))
		}
	}
	if m.Path != "" {
		set++
		pattern, err := call.ParsePath(m.Path)
		if err != nil {
			c.refuse(field.Invalid(path.Child("path"), m.Path, err.Error()))
		}
		out.Path = pattern
	}
	if m.Header != "" {
		set++
		out.Header = c.header(m.Header, path.Child("header"))
	}
	if set != 1 {
		c.refuse(field.Invalid(path, "", "exactly one of jsonPointer, path and header must be set"))
	}
	if m.MaxBodyBytes < 0 || m.MaxBodyBytes > maxBody || m.MaxBodyBytes != 0 && m.JSONPointer == "" {
		c.refuse(field.Invalid(path.Child("maxBodyBytes"), m.MaxBodyBytes, "must be 1 to 16777216, and is for jsonPointer"))
	}
	if m.MaxBodyBytes > 0 {
		out.MaxBody = int(m.MaxBodyBytes)
	}
	c.modelNames(m, out, path)
	if len(c.errs) == before {
		c.point.Model = out
	}
}

func (c *pointCompiler) modelNames(m *v1alpha1.ModelSource, out *call.Model, path *field.Path) {
	const what = "must be the name of a model: letters, digits and '-', '.', '_', ':', '/', '@', '+'"
	for i, alias := range m.Aliases {
		at := path.Child("aliases").Index(i)
		if !call.IsName(string(alias.Name)) || !call.IsName(string(alias.Model)) {
			c.refuse(field.Invalid(at, alias.Name, what))
		}
		name := strings.ToLower(string(alias.Name))
		if _, twice := out.Aliases[name]; twice {
			c.refuse(field.Duplicate(at.Child("name"), alias.Name))
		}
		out.Aliases[name] = strings.ToLower(string(alias.Model))
	}
	for i, pattern := range m.Known {
		if !call.IsPattern(string(pattern)) {
			c.refuse(field.Invalid(path.Child("known").Index(i), pattern, what+", in which * stands for any text"))
		}
		out.Known = append(out.Known, strings.ToLower(string(pattern)))
	}
}
