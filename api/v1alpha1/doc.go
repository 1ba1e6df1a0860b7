// Package v1alpha1 holds the kinds of the API group domicile.dev: what a
// cluster admin declares (TenantPolicy), who the tenants are (Tenant) and who
// owns whom (LegalEntity).
//
// Percents are decimal strings, dates are days in UTC, jurisdictions are
// ISO 3166-1 alpha-2 or ISO 3166-2 codes. The types carry what the API server
// can validate by itself; everything else is validated by the webhook with the
// function that the controllers compile from (internal/translate).
//
// +kubebuilder:object:generate=true
// +kubebuilder:ac:generate=true
// +kubebuilder:ac:output:package="applyconfiguration"
// +groupName=domicile.dev
package v1alpha1
