package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/domicile-dev/domicile/internal/residency"
)

// reference notes what a key with a role and its value refer to.
func (w *walker) reference(r role, key string, value any) {
	switch r { //nolint:exhaustive // the others name nothing
	case roleAccount:
		w.serviceAccount(key, value)
	case roleSecret:
		w.secretByName(key, value)
	case roleSecrets:
		items, _ := value.([]any)
		for i, item := range items {
			w.secretByName(fmt.Sprintf("%s[%d]", key, i), item)
		}
	}
}

// secretByName takes the name in a string or in a map's name.
func (w *walker) secretByName(key string, value any) {
	switch value := value.(type) {
	case string:
		w.secret(key, value, "")
	case map[string]any:
		w.secret(key+".name", text(value["name"]), text(value["namespace"]))
	}
}

func (w *walker) secret(last, name, namespace string) {
	if !isName(name) || namespace != "" && !isName(namespace) {
		return // Names nothing that can exist.
	}
	key := namespace + "/" + name
	path := short(w.path(last))
	if at, ok := w.secretAt[key]; ok {
		w.secrets[at].Path = min(w.secrets[at].Path, path)
		return
	}
	if len(w.secrets) >= maxSecrets {
		w.exceed(fmt.Sprintf("the object refers to more than %d Secrets", maxSecrets))
		return
	}
	if w.secretAt == nil {
		w.secretAt = map[string]int{}
	}
	w.secretAt[key] = len(w.secrets)
	w.secrets = append(w.secrets, residency.SecretReference{Name: name, Namespace: namespace, Path: path})
}

func (w *walker) serviceAccount(key string, value any) {
	name := text(value)
	if m, ok := value.(map[string]any); ok {
		name = text(m["name"])
	}
	if !isName(name) {
		return
	}
	path := short(w.path(key))
	for i := range w.serviceAccounts {
		if w.serviceAccounts[i].Name == name {
			w.serviceAccounts[i].Path = min(w.serviceAccounts[i].Path, path)
			return
		}
	}
	if len(w.serviceAccounts) >= maxServiceAccounts {
		w.exceed(fmt.Sprintf("the object runs as more than %d ServiceAccounts", maxServiceAccounts))
		return
	}
	w.serviceAccounts = append(w.serviceAccounts, ServiceAccountReference{Name: name, Path: path})
}

// isName says whether an object can have this name: what cannot is never
// looked up.
func isName(s string) bool {
	return s != "" && len(s) <= 253 && (isPlain(s) || len(validation.IsDNS1123Subdomain(s)) == 0)
}

// isPlain says whether a name has no more than letters, digits and '-' between them, as most
// have: a regular expression takes longer than all else that is done with one.
func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != '-' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return true
}

func sortSecrets(s []residency.SecretReference) {
	slices.SortFunc(s, func(a, b residency.SecretReference) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Name, b.Name))
	})
}

func sortServiceAccounts(s []ServiceAccountReference) {
	slices.SortFunc(s, func(a, b ServiceAccountReference) int { return strings.Compare(a.Path, b.Path) })
}

// ServiceAccount is what a ServiceAccount means for the workloads that run as it.
type ServiceAccount struct {
	// Secrets are those that it lets a workload use. If there are too many, there is
	// one more than may be.
	Secrets []string
	// Claims are those of its own annotations.
	Claims residency.Claims
}

// ReadServiceAccount reads a ServiceAccount, as decoded JSON.
func ReadServiceAccount(raw map[string]any) ServiceAccount {
	var names []string
	for _, field := range []string{"secrets", "imagePullSecrets"} {
		items, _ := raw[field].([]any)
		for _, item := range items {
			reference, _ := item.(map[string]any)
			names = append(names, text(reference["name"]))
		}
	}
	metadata, _ := raw["metadata"].(map[string]any)
	return serviceAccount(names, stringMap(metadata["annotations"]))
}

// ServiceAccountOf is the same for one that the API server has.
func ServiceAccountOf(a *corev1.ServiceAccount) ServiceAccount {
	var names []string
	for i := range a.Secrets {
		names = append(names, a.Secrets[i].Name)
	}
	for i := range a.ImagePullSecrets {
		names = append(names, a.ImagePullSecrets[i].Name)
	}
	return serviceAccount(names, a.Annotations)
}

func serviceAccount(names []string, annotations map[string]string) ServiceAccount {
	names = slices.DeleteFunc(names, func(name string) bool { return !isName(name) })
	return ServiceAccount{Secrets: names[:min(len(names), maxSecrets+1)], Claims: claimsIn(annotations)}
}

// IsEmpty says whether running as the ServiceAccount means nothing.
func (a ServiceAccount) IsEmpty() bool { return len(a.Secrets) == 0 && len(a.Claims.Tenants) == 0 }

// TenantOfSecret is the tenant that a Secret's annotations claim, "" if none.
// A claim that cannot be read is told as it is written: it is nobody's name,
// so the Secret is foreign to everybody.
func TenantOfSecret(annotations map[string]string) string {
	claims := claimsIn(annotations)
	switch {
	case len(claims.Problems) > 0:
		return "(" + claims.Problems[0].Message + ")"
	case len(claims.Tenants) > 0:
		return claims.Tenants[0].Tenant
	default:
		return ""
	}
}
