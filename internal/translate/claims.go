package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// The bounds of what the claims of one object may name.
const (
	maxTenants    = 16
	maxOnBehalfOf = 32
	maxOwners     = 64
	maxProblems   = 8
	maxListLength = 16 << 10
)

// Mark is one annotation of ours as it stands somewhere in an object.
type Mark struct {
	// Path is where the annotations are, such as
	// spec.template.metadata.annotations, in full.
	Path string
	// Key is the annotation's name as it is written.
	Key string
	// Value is the annotation's value; "" if it is not a string.
	Value string
	// IsText says whether the value is a string at all.
	IsText bool

	// parent leads to what the annotations are about, key by key.
	parent []string
}

// HasPlace says whether what the annotation is about, such as the pod template
// around it, exists in an object.
func (m Mark) HasPlace(raw map[string]any) bool {
	var at any = raw
	for _, segment := range m.parent {
		switch value := at.(type) {
		case map[string]any:
			at = value[segment]
		case []any:
			i, err := strconv.Atoi(strings.Trim(segment, "[]"))
			if err != nil || i >= len(value) {
				return false
			}
			at = value[i]
		default:
			return false
		}
		if at == nil {
			return false
		}
	}
	return true
}

// InStatus says whether the annotation stands in the object's status. Status is
// observed: it says what there is, and nobody asks for anything by it.
func (m Mark) InStatus() bool { return len(m.parent) > 0 && m.parent[0] == "status" }

var claimKeys = []string{v1alpha1.TenantAnnotation, v1alpha1.OnBehalfOfAnnotation, v1alpha1.OwnerAnnotation}

// markOf says whether an annotation is one of ours, or looks like one.
func markOf(path, key string, value any) (Mark, bool) {
	if canonicalKey(key) == "" {
		return Mark{}, false
	}
	s, isText := value.(string)
	return Mark{Path: path, Key: key, Value: s, IsText: isText}, true
}

// canonicalKey is the annotation of ours that a key spells, whatever its case
// and whatever white space or invisible characters are in it, or "".
func canonicalKey(key string) string {
	if len(key) > 256 {
		return ""
	}
	for _, known := range claimKeys {
		if key == known {
			return known
		}
	}
	key = visible(key)
	for _, known := range claimKeys {
		if strings.EqualFold(key, known) {
			return known
		}
	}
	return ""
}

func sortMarks(marks []Mark) {
	slices.SortFunc(marks, func(a, b Mark) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Key, b.Key))
	})
}

// claimsOf reads marks as claims.
func claimsOf(marks []Mark, problems []residency.ClaimProblem) residency.Claims {
	r := claimReader{claims: residency.Claims{Problems: problems}}
	for _, m := range marks {
		r.read(m)
	}
	return r.claims
}

type claimReader struct {
	claims residency.Claims
	full   bool
}

func (r *claimReader) read(m Mark) {
	key := canonicalKey(m.Key)
	if key != m.Key {
		r.invalid(m, "the annotation must be written "+key)
		return
	}
	if !m.IsText {
		r.invalid(m, "the value must be a string")
		return
	}
	switch key {
	case v1alpha1.TenantAnnotation:
		if problem := tenantNameProblem(m.Value); problem != "" {
			r.invalid(m, problem)
			return
		}
		r.claims.Tenants = r.addClaim(r.claims.Tenants, m, m.Value, maxTenants)
	case v1alpha1.OnBehalfOfAnnotation:
		r.readList(m, func(item string) string {
			if problem := tenantNameProblem(item); problem != "" {
				return problem
			}
			r.claims.OnBehalfOf = r.addClaim(r.claims.OnBehalfOf, m, item, maxOnBehalfOf)
			return ""
		})
	case v1alpha1.OwnerAnnotation:
		r.readList(m, func(item string) string {
			id, problem := parseIdentifier(item)
			if problem == "" {
				r.addOwner(m, id)
			}
			return problem
		})
	}
}

// readList reads a comma-separated list. White space around an item is not
// part of it; an empty item is an error, so that a slip of the pen is noticed.
func (r *claimReader) readList(m Mark, item func(string) string) {
	if len(m.Value) > maxListLength {
		r.limit(fmt.Sprintf("the list in %s is too long: %d bytes of at most %d", annotationAt(m), len(m.Value), maxListLength))
		return
	}
	for _, s := range strings.Split(m.Value, ",") {
		if problem := item(strings.Trim(s, " \t\r\n")); problem != "" {
			r.invalid(m, problem)
			return
		}
	}
}

func (r *claimReader) addClaim(claims []residency.Claim, m Mark, tenant string, limit int) []residency.Claim {
	for _, c := range claims {
		if c.Tenant == tenant {
			return claims
		}
	}
	if len(claims) >= limit {
		r.limit("too many different tenants in " + m.Key)
		return claims
	}
	return append(claims, residency.Claim{Tenant: tenant, Path: short(m.Path)})
}

func (r *claimReader) addOwner(m Mark, id ownership.Identifier) {
	for _, o := range r.claims.Owners {
		if o.Party == id {
			return
		}
	}
	if len(r.claims.Owners) >= maxOwners {
		r.limit("too many different parties in " + m.Key)
		return
	}
	r.claims.Owners = append(r.claims.Owners, residency.Owner{Party: id, Path: short(m.Path)})
}

func (r *claimReader) invalid(m Mark, problem string) {
	if len(r.claims.Problems) >= maxProblems {
		return
	}
	r.claims.Problems = append(r.claims.Problems, residency.ClaimProblem{
		Reason:  residency.InvalidClaim,
		Message: annotationAt(m) + ": " + problem,
	})
}

func (r *claimReader) limit(message string) {
	if r.full {
		return
	}
	r.full = true
	r.claims.Problems = append(r.claims.Problems, residency.ClaimProblem{
		Reason:  residency.LimitExceeded,
		Message: message,
	})
}

// OwnersOf reads the parties that one owner annotation names.
func OwnersOf(m Mark) []residency.Owner { return claimsOf([]Mark{m}, nil).Owners }

// TenantsOf reads the tenants that one tenant or on-behalf-of annotation names.
func TenantsOf(m Mark) []residency.Claim {
	claims := claimsOf([]Mark{m}, nil)
	return append(claims.Tenants, claims.OnBehalfOf...)
}
