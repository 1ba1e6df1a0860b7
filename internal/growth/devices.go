package growth

import (
	"maps"
	"math/big"
	"slices"
	"strings"
)

// moreDevices says of which device a Pod has more than the template that it is made
// from: a LimitRange, which users may write, gives Pods what their template does not
// say. Amounts of CPU and memory are not looked at, because that is its purpose.
func moreDevices(template, pod any) (device string, more bool) {
	const claims = "resourceClaims"
	had, _ := valueAt(template, claims).([]any)
	has, _ := valueAt(pod, claims).([]any)
	if len(has) > len(had) {
		return claims, true
	}
	before, after := devicesOf(template), devicesOf(pod)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] == nil || before[name].Cmp(after[name]) < 0 {
			return name, true
		}
	}
	return "", false
}

// devicesOf adds up what all containers of a pod spec have, of all resources but those
// that every node has. What cannot be read counts as the most there is.
func devicesOf(spec any) map[string]*big.Int {
	all := map[string]*big.Int{}
	for _, list := range []string{"containers", "initContainers"} {
		containers, _ := valueAt(spec, list).([]any)
		for _, c := range containers {
			for name, amount := range devicesIn(valueAt(c, "resources")) {
				all[name] = new(big.Int).Add(amount, or0(all[name]))
			}
		}
	}
	for name, amount := range devicesIn(valueAt(spec, "resources")) {
		all[name] = new(big.Int).Add(amount, or0(all[name]))
	}
	return all
}

func devicesIn(resources any) map[string]*big.Int {
	most := map[string]*big.Int{}
	for _, kind := range []string{"limits", "requests"} {
		amounts, _ := valueAt(resources, kind).(map[string]any)
		for name, v := range amounts {
			if !strings.Contains(name, "/") {
				continue
			}
			amount, ok := quantity(v)
			if !ok {
				amount = largest
			}
			if amount.Cmp(or0(most[name])) > 0 {
				most[name] = amount
			}
		}
	}
	return most
}

func or0(n *big.Int) *big.Int {
	if n == nil {
		return new(big.Int)
	}
	return n
}
