package filled

import (
	"errors"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/jurisdiction"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
)

// Newcomer is a party that a register does not have: one more than its own.
func Newcomer(r synthetic.Register) synthetic.Party { return r.Party(r.Parties) }

// CompileRegister writes a register and its newcomer, who sits at a place, to a file.
func CompileRegister(path string, r synthetic.Register, seat jurisdiction.Code) (err error) {
	var b ownership.Builder
	r.Build(&b)
	p := Newcomer(r)
	b.AddParty(ownership.Party{
		Key: p.ID, Name: p.Name, Type: ownership.Company, Source: "LEI record " + p.LEI,
		Identifiers:   []ownership.Identifier{{Scheme: "LEI", ID: p.LEI}},
		Jurisdictions: ownership.Jurisdictions{Incorporation: "SG", Headquarters: seat},
	})
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return register.Compile(file, b.Layer(), register.Report{}, register.Options{Format: register.GLEIF})
}

// Register is one of the compiled files.
func Register(file string) *v1alpha1.OwnershipRegister {
	return &v1alpha1.OwnershipRegister{
		ObjectMeta: metav1.ObjectMeta{Name: "gleif"},
		Spec: v1alpha1.OwnershipRegisterSpec{
			Format: v1alpha1.FormatGLEIF, Interval: "8760h",
			Source: v1alpha1.RegisterSource{File: &v1alpha1.FileSource{Paths: []string{file}}},
		},
	}
}

// IsLoaded says whether the leader says that a register is in use.
func IsLoaded(r *v1alpha1.OwnershipRegister) bool {
	for _, c := range r.Status.Conditions {
		if c.Type == v1alpha1.ConditionReady && c.Reason == v1alpha1.ReasonLoaded {
			return true
		}
	}
	return false
}
