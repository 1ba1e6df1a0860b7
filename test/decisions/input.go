package decisions

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/snapshot"
	"github.com/domicile-dev/domicile/internal/snapshot/snapshottest"
)

// Input is the input of a case, read strictly: an unknown field of one of
// Domicile's own kinds is an error.
type Input struct {
	Policies []v1alpha1.TenantPolicy
	Tenants  []v1alpha1.Tenant
	Entities []v1alpha1.LegalEntity
	// Exemptions are from Policies.
	Exemptions []v1alpha1.TenantExemption
	// Registers are read: Data is what is in them.
	Registers  []v1alpha1.OwnershipRegister
	Data       snapshot.Registers
	Namespaces []unstructured.Unstructured
	// AccessPoints are where requests come in.
	AccessPoints []v1alpha1.AccessPoint
	// Objects are what is created, and API requests, in the order of the input. Secrets among
	// them are also what the other objects refer to.
	Objects []unstructured.Unstructured
}

// Read decodes Input, and reads its registers.
func (c Case) Read() (Input, error) {
	in, err := c.decode()
	if err == nil {
		in.Data, err = c.load(in.Registers)
	}
	return in, err
}

// World is what a snapshot is compiled from.
func (in Input) World() snapshottest.Inputs {
	var found []kinds.Kind
	for i := range in.Objects {
		if in.Objects[i].GetKind() == "CustomResourceDefinition" {
			if k, ok := kinds.Definition(in.Objects[i].Object); ok {
				found = append(found, k)
			}
		}
	}
	return snapshottest.Inputs{
		Policies: in.Policies, Tenants: in.Tenants, Entities: in.Entities, Exemptions: in.Exemptions, Registers: in.Data,
		AccessPoints: in.AccessPoints, Found: kinds.FoundOf(found),
	}
}

func (c Case) decode() (Input, error) {
	var in Input
	docs := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(c.Input)))
	for n := 1; ; n++ {
		doc, err := docs.Read()
		if errors.Is(err, io.EOF) {
			return in, nil
		}
		if err != nil {
			return Input{}, fmt.Errorf("document %d: %w", n, err)
		}
		if err := in.add(doc); err != nil {
			return Input{}, fmt.Errorf("document %d: %w", n, err)
		}
	}
}

func (in *Input) add(doc []byte) error {
	var object unstructured.Unstructured
	text, err := yaml.YAMLToJSON(doc)
	if err != nil {
		return err
	}
	if err := utiljson.Unmarshal(text, &object.Object); err != nil { // as clients read numbers
		return err
	}
	if len(object.Object) == 0 {
		return nil
	}
	switch gvk := object.GroupVersionKind(); {
	case gvk.Group != v1alpha1.Group && gvk.Kind == "Namespace":
		in.Namespaces = append(in.Namespaces, object)
	case gvk.Group != v1alpha1.Group:
		in.Objects = append(in.Objects, object)
	case gvk.Kind == "TenantPolicy":
		return appendStrict(doc, &in.Policies)
	case gvk.Kind == "Tenant":
		return appendStrict(doc, &in.Tenants)
	case gvk.Kind == "LegalEntity":
		return appendStrict(doc, &in.Entities)
	case gvk.Kind == "TenantExemption":
		return appendStrict(doc, &in.Exemptions)
	case gvk.Kind == "AccessPoint":
		return appendStrict(doc, &in.AccessPoints)
	case gvk.Kind == call.ManifestKind:
		in.Objects = append(in.Objects, object)
	case gvk.Kind == "OwnershipRegister":
		return appendStrict(doc, &in.Registers)
	default:
		return fmt.Errorf("unknown kind %s", gvk)
	}
	return nil
}

func appendStrict[T any](doc []byte, to *[]T) error {
	var object T
	if err := yaml.UnmarshalStrict(doc, &object); err != nil {
		return err
	}
	*to = append(*to, object)
	return nil
}
