package translate

import "github.com/domicile-dev/domicile/internal/residency"

// Neighbours is what the objects of a scan or of some files refer to: whose
// Secrets are, and what ServiceAccounts let workloads use. The zero value knows
// nothing. It keeps only what has a meaning for decisions.
type Neighbours struct {
	tenants  map[neighbour]string
	accounts map[neighbour]ServiceAccount
}

type neighbour struct{ namespace, name string }

// AddSecret notes whose a Secret is by its annotations.
func (n *Neighbours) AddSecret(namespace, name string, annotations map[string]string) {
	key, tenant := neighbour{namespace, name}, TenantOfSecret(annotations)
	if tenant == "" {
		delete(n.tenants, key)
		return
	}
	if n.tenants == nil {
		n.tenants = map[neighbour]string{}
	}
	n.tenants[key] = tenant
}

// AddServiceAccount notes a ServiceAccount (as decoded JSON).
func (n *Neighbours) AddServiceAccount(namespace, name string, raw map[string]any) {
	key := neighbour{namespace, name}
	account := ReadServiceAccount(raw)
	if account.IsEmpty() {
		delete(n.accounts, key)
		return
	}
	if n.accounts == nil {
		n.accounts = map[neighbour]ServiceAccount{}
	}
	n.accounts[key] = account
}

// Resolve completes an object, whose namespace has to be filled in, with what
// it refers to.
func (n *Neighbours) Resolve(o *residency.Object, accounts []ServiceAccountReference) {
	if o.Namespace == nil {
		return
	}
	for _, reference := range accounts {
		if account, ok := n.accounts[neighbour{o.Namespace.Name, reference.Name}]; ok {
			RunsAs(o, reference, account)
		}
	}
	BoundSecrets(o)
	for i := range o.Secrets {
		secret := &o.Secrets[i]
		namespace := secret.Namespace
		if namespace == "" {
			namespace = o.Namespace.Name
		}
		secret.Tenant = n.tenants[neighbour{namespace, secret.Name}]
	}
}
