package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group is the API group of all kinds in this package.
const Group = "domicile.dev"

var (
	// GroupVersion is the group and version of all kinds in this package.
	GroupVersion = schema.GroupVersion{Group: Group, Version: "v1alpha1"}

	// SchemeGroupVersion is what generated clients call GroupVersion.
	SchemeGroupVersion = GroupVersion

	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds all kinds of this package to a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&TenantPolicy{}, &TenantPolicyList{},
		&Tenant{}, &TenantList{},
		&LegalEntity{}, &LegalEntityList{},
		&OwnershipRegister{}, &OwnershipRegisterList{},
		&TenantExemption{}, &TenantExemptionList{},
		&AccessPoint{}, &AccessPointList{},
	)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
