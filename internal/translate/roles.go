package translate

import "strings"

// role is what the value of a key is read for, wherever it stands.
type role uint8

const (
	roleNone role = iota
	// roleAnnotations and roleLabels have keys of Domicile's.
	roleAnnotations
	roleLabels
	// roleAccount and roleSecret name something, or have a name. roleSecrets is a list of
	// what does.
	roleAccount
	roleSecret
	roleSecrets
	// roleTop, roleMetadata and roleOwnLabels are by place: an object, its metadata, and
	// its own labels.
	roleTop
	roleMetadata
	roleOwnLabels
)

// roleOf is the role that a key gives. The shapes are those of the pod spec, wherever they
// stand, and of the custom resources that follow its conventions:
//
//	env[].valueFrom.secretKeyRef.name, envFrom[].secretRef.name, *SecretRef.name
//	volumes[].secret.secretName, azureFile.secretName, *SecretName
//	volumes[].projected.sources[].secret.name
//	imagePullSecrets[].name, *Secrets[].name
//	serviceAccountName, serviceAccount
//
// A name too many costs one lookup; a name too few is a way around.
func roleOf(key string) role {
	switch {
	case strings.HasSuffix(key, "nnotations"): // podAnnotations
		return roleAnnotations
	case key == "labels" || strings.HasSuffix(key, "Labels") && key != "matchLabels":
		return roleLabels
	case key == "serviceAccountName" || key == "serviceAccount":
		return roleAccount
	case key == "secretKeyRef" || key == "secretRef" || strings.HasSuffix(key, "SecretRef"),
		key == "secretName" || strings.HasSuffix(key, "SecretName"),
		key == "secret":
		return roleSecret
	case strings.HasSuffix(key, "PullSecrets"):
		return roleSecrets
	default:
		return roleNone
	}
}

// managedFields, in the metadata of an object, say who has written what. Nothing comes of it.
const managedFields = "managedFields"

// memberOf is the role of a member of something that has a role itself, and whether it is
// wanted whatever it is. Pod templates are: it counts that there is one.
func memberOf(r role, name []byte) (below role, wanted bool) {
	below, wanted = roleOf(string(name)), string(name) == "template"
	switch r { //nolint:exhaustive // the others want nothing
	case roleTop:
		if string(name) == "metadata" {
			below = roleMetadata
		}
		wanted = wanted || string(name) == "kind" || string(name) == "apiVersion"
	case roleMetadata:
		if string(name) == "labels" {
			below = roleOwnLabels
		}
		wanted = wanted || string(name) == "name"
	case roleOwnLabels:
		wanted = true
	case roleAnnotations, roleLabels:
		wanted = wanted || mayBeOwn(name)
	case roleAccount, roleSecret:
		wanted = wanted || string(name) == "name" || string(name) == "namespace"
	}
	return below, wanted
}

// mayBeOwn says whether a key may look like one of Domicile's. It does not look closely.
func mayBeOwn(key []byte) bool {
	for _, c := range key {
		if c <= ' ' || c >= 0x7f { // may be invisible, or fold to a letter
			return true
		}
	}
	return len(key) >= len(ownPrefix) && key[0]|0x20 == ownPrefix[0]
}
