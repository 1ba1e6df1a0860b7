package kinds_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/domicile-dev/domicile/internal/growth"
	"github.com/domicile-dev/domicile/internal/kinds"
	"github.com/domicile-dev/domicile/internal/translate"
)

// at is an object with one value in it, at a path of the table.
func at(path []string, value any) map[string]any {
	for _, name := range slices.Backward(path) {
		if list, ok := strings.CutSuffix(name, "[]"); ok {
			name, value = list, []any{value}
		}
		if name == "*" {
			name = "worker"
		}
		value = map[string]any{name: value}
	}
	object, _ := value.(map[string]any)
	return object
}

// of says of which kind an object is.
func of(k *kinds.Kind, object map[string]any) map[string]any {
	object["apiVersion"], object["kind"] = k.Group+"/v1", k.Kind
	if k.Group == "" {
		object["apiVersion"] = "v1"
	}
	return object
}

func split(path string) []string { return strings.Split(path, ".") }

func TestWhatSuspendsIsShrinking(t *testing.T) {
	t.Parallel()
	for _, k := range kinds.Workloads() {
		if k.Field == nil {
			continue
		}
		suspended := of(&k, at(k.Field.Path, k.Field.Value))
		befores := []map[string]any{at(k.Field.Path[:len(k.Field.Path)-1], map[string]any{})}
		switch k.Field.Form {
		case kinds.Count:
			befores = append(befores, at(k.Field.Path, int64(3)))
		case kinds.Switch:
			befores = append(befores, at(k.Field.Path, k.Field.Default), map[string]any{"spec": map[string]any{}})
		case kinds.Entry, kinds.Annotation:
		}
		for _, before := range befores {
			if growth.Object(before, suspended) {
				t.Errorf("%s: admission would refuse to suspend it: %v to %v", k.Kind, before, suspended)
			}
			// Metadata is nobody's growth: whatever starts again is asked about.
			if !growth.Object(suspended, of(&k, before)) && k.Field.Form != kinds.Annotation {
				t.Errorf("%s: a restricted tenant could start it again: %v to %v", k.Kind, suspended, before)
			}
		}
	}
}

func TestPodsGrowAtEveryPlace(t *testing.T) {
	t.Parallel()
	for _, k := range kinds.Workloads() {
		for _, p := range k.Pods {
			if p.Count != "" {
				fewer, more := of(&k, at(split(p.Count), int64(2))), of(&k, at(split(p.Count), int64(3)))
				if !growth.Object(fewer, more) || growth.Object(more, fewer) {
					t.Errorf("%s: %s is not how many there are", k.Kind, p.Count)
				}
			}
			if p.Spec == "" {
				continue
			}
			image := func(name string) map[string]any {
				return of(&k, at(append(split(p.Spec), "containers[]", "image"), name))
			}
			if !growth.Object(image("a"), image("b")) {
				t.Errorf("%s: another image at %s is not growth", k.Kind, p.Spec)
			}
		}
	}
}

func TestPodsAreReadAtEveryPlace(t *testing.T) {
	t.Parallel()
	for _, k := range kinds.Workloads() {
		for _, p := range k.Pods {
			if p.Spec == "" {
				continue
			}
			spec := split(p.Spec)
			object := translate.Read(at(append(spec, "serviceAccountName"), "runner"))
			if len(object.ServiceAccounts) != 1 {
				t.Errorf("%s: who runs at %s is not found", k.Kind, p.Spec)
			}
			if o := translate.Object(at(append(spec, "volumes[]", "secret", "secretName"), "key")); len(o.Secrets) != 1 {
				t.Errorf("%s: the Secret that is mounted at %s is not found", k.Kind, p.Spec)
			}
			beside := append(slices.Clone(spec[:len(spec)-1]), "metadata", "annotations", "domicile.dev/tenant")
			if o := translate.Object(at(beside, "lantern")); len(o.Claims.Tenants) != 1 {
				t.Errorf("%s: the claim beside %s is not found", k.Kind, p.Spec)
			}
		}
	}
}

func TestAdmissionAsksAboutEveryKind(t *testing.T) {
	t.Parallel()
	rules := slices.Concat(translate.BuiltinRules(), translate.NamespaceRules(), translate.SecretRules())
	asks := func(group, resource string) bool {
		return slices.ContainsFunc(rules, func(r translate.Rule) bool {
			return slices.Equal(r.Groups, []string{group}) && slices.Equal(r.Versions, []string{"*"}) && slices.Contains(r.Resources, resource)
		})
	}
	for _, k := range append(kinds.Workloads(), kinds.Namespace, kinds.Secret) {
		if !asks(k.Group, k.Resource) {
			t.Errorf("%s: nobody asks about it", k.Kind)
		}
		for _, name := range k.Subresources {
			if !asks(k.Group, k.Resource+"/"+name) {
				t.Errorf("%s: nobody asks about %s", k.Kind, name)
			}
		}
		if k.Scale && !asks(k.Group, "*/scale") {
			t.Errorf("%s: nobody asks before it is scaled", k.Kind)
		}
	}
}
