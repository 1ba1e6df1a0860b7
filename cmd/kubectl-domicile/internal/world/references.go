package world

import (
	"github.com/domicile-dev/domicile/internal/residency"
	"github.com/domicile-dev/domicile/internal/translate"
)

// references answers what the webhook looks up in the cluster: whose a Secret
// is, and what a ServiceAccount lets a workload use.
type references struct {
	secrets         map[string]string         // tenant by namespace/name
	serviceAccounts map[string]map[string]any // content by namespace/name
}

func newReferences() *references {
	return &references{secrets: map[string]string{}, serviceAccounts: map[string]map[string]any{}}
}

// add notes an object that others may refer to. The later of two with one name
// is the one that would be there in the end.
func (r *references) add(o Object, content map[string]any) {
	if o.Kind.Group != "" {
		return
	}
	key := o.Namespace + "/" + o.Name
	switch o.Kind.Kind {
	case "Secret":
		metadata, _ := content["metadata"].(map[string]any)
		annotations, _ := metadata["annotations"].(map[string]any)
		texts := make(map[string]string, len(annotations))
		for name, value := range annotations {
			texts[name], _ = value.(string)
		}
		r.secrets[key] = translate.TenantOfSecret(texts)
	case "ServiceAccount":
		r.serviceAccounts[key] = content
	}
}

// resolve completes what an object refers to.
func (r *references) resolve(o *residency.Object, accounts []translate.ServiceAccountReference) {
	if o.Namespace == nil {
		return
	}
	for _, account := range accounts {
		if content := r.serviceAccounts[o.Namespace.Name+"/"+account.Name]; content != nil {
			translate.RunsAs(o, account, content)
		}
	}
	translate.BoundSecrets(o)
	for i := range o.Secrets {
		secret := &o.Secrets[i]
		namespace := secret.Namespace
		if namespace == "" {
			namespace = o.Namespace.Name
		}
		secret.Tenant = r.secrets[namespace+"/"+secret.Name]
	}
}
