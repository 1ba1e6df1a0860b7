package explain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/domicile-dev/domicile/internal/cut"
	"github.com/domicile-dev/domicile/internal/ownership"
	"github.com/domicile-dev/domicile/internal/residency"
)

// maxSentence bounds a sentence, in bytes.
const maxSentence = 640

// Sentence says in one human sentence why the decision is what it is, without
// a full stop and without the names of the policy and of what it does.
func Sentence(d residency.Decision) string {
	why, aside := strings.TrimSuffix(sentenceOf(d), "."), exempted(d)+replaced(d)
	return cut.Text(cut.Text(why, max(maxSentence-len(aside), maxSentence/2))+aside, maxSentence)
}

// Brief is Sentence for who need not know whose the tenant is: it tells nothing of owners,
// of places and of exemptions, but the reason. What is wrong with the request itself, such as
// a claim, is told as ever.
func Brief(d residency.Decision) string {
	if d.Policy == "" || d.Tenant == "" {
		return Sentence(d)
	}
	return "the verdict is " + d.Verdict.String() + " (" + string(d.Reason) + ")"
}

// replaced says that a Pod is made again for what runs.
func replaced(d residency.Decision) string {
	if d.Replaces == "" {
		return ""
	}
	return "; it takes the place of a Pod of " + oneLine(d.Replaces, maxReference) + ", and what runs may stay"
}

// exempted says which exemptions make that something does not count.
func exempted(d residency.Decision) string {
	var text strings.Builder
	for i, e := range d.Exemptions {
		if i == maxExemptions {
			fmt.Fprintf(&text, " and %d more", len(d.Exemptions)-i)
			break
		}
		fmt.Fprintf(&text, "; tenant %s is exempted until %s by %s (%s)", clean(e.Tenant),
			e.ExpiresAt.UTC().Format(time.RFC3339), clean(e.Name), oneLine(e.Reference, maxReference))
	}
	return text.String()
}

const (
	// maxExemptions bounds how many exemptions a sentence names.
	maxExemptions = 2
	// maxReference bounds what a sentence quotes of an exemption, in characters.
	maxReference = 128
)

func sentenceOf(d residency.Decision) string {
	tenant := "tenant " + clean(d.Tenant)
	switch d.Reason {
	case residency.PolicyInvalid:
		return "the policy cannot be read, so nothing can be told: " + oneLine(d.Detail, maxSentence)
	case residency.NoTenant:
		if d.IsCall {
			return "nothing that the request shows says which tenant it is of"
		}
		if d.Template != "" {
			return ofPods(d)
		}
		if d.Detail != "" {
			return "nothing says which tenant this belongs to, and namespace " + clean(d.Detail) +
				" is a tenant's: annotate it, or the pod template that it is made from, with domicile.dev/tenant"
		}
		return "nothing says which tenant this belongs to: annotate it or its namespace with domicile.dev/tenant"
	case residency.NoRestrictedOwner:
		if d.Tenant == "" {
			return clearParty(d)
		}
		return "no party of " + tenant + " is in a blocked jurisdiction or traces to one"
	case residency.TenantNotFound:
		if len(d.Findings) == 0 || d.Verdict == residency.Unidentified {
			return tenant + " does not exist"
		}
	case residency.TenantMismatch, residency.TenantNotAuthorized, residency.BindNotAuthorized, residency.ClaimNotAuthorized,
		residency.InvalidClaim, residency.ForeignAPIKey, residency.LimitExceeded, residency.EndUserMissing:
		if d.Detail != "" {
			return oneLine(d.Detail, maxSentence)
		}
		return identitySentence(d.Reason, tenant)
	}
	for _, f := range d.Findings {
		if f.Reason == d.Reason {
			return findingSentence(d, f) + more(d)
		}
	}
	return "the verdict is " + d.Verdict.String() + " (" + string(d.Reason) + ")"
}

// ofPods is about Pods that a template makes, of which nothing says whose they are.
func ofPods(d residency.Decision) string {
	where := ""
	if d.Detail != "" {
		where = ", and namespace " + clean(d.Detail) + " is a tenant's"
	}
	return "its Pods would not be admitted: the object's own annotation does not reach them, and nothing in " + clean(d.Template) +
		" says which tenant they belong to" + where + ": put domicile.dev/tenant into " + clean(d.Template) + ".metadata.annotations"
}

// identitySentence is what a refusal says that has no details of its own.
func identitySentence(reason residency.Reason, tenant string) string {
	switch reason {
	case residency.TenantMismatch:
		return "it claims another tenant than its namespace is bound to, or several at once"
	case residency.TenantNotAuthorized:
		return tenant + " may not be claimed in this namespace"
	case residency.BindNotAuthorized:
		return "you may not bind anything to " + tenant + ": that needs the verb bind on it"
	case residency.ClaimNotAuthorized:
		return "you may not claim " + tenant + " here: that needs the verb claim or bind on it"
	case residency.ForeignAPIKey:
		return "it reads an API-key Secret of another tenant"
	case residency.EndUserMissing:
		return "it does not name the customer for whom it is made"
	case residency.LimitExceeded:
		return "it has more claims, references or nesting than are read"
	default:
		return "it has a claim that cannot be read"
	}
}

// more says how many further parties have the same verdict. Those that don't
// count are left out, unless none does.
func more(d residency.Decision) string {
	count := -1
	for _, f := range toBlame(d) {
		if f.Verdict == d.Verdict {
			count++
		}
	}
	switch {
	case count <= 0:
		return ""
	case count == 1:
		return "; and so for 1 more party"
	default:
		return fmt.Sprintf("; and so for %d more parties", count)
	}
}

func findingSentence(d residency.Decision, f residency.Finding) string {
	switch f.Reason {
	case residency.RestrictedSeed:
		return nameOf(f.Cause) + who(d, f) + " " + sits(f.Cause) + ", which is blocked"
	case residency.RestrictedOwner:
		return heldSentence(d, f, true)
	case residency.PossiblyRestricted:
		return heldSentence(d, f, false)
	case residency.JurisdictionNotUnderstood:
		if len(f.Cause.Unread) > 0 {
			return nameOf(f.Cause) + who(d, f) + " may be in a blocked jurisdiction: " + notUnderstood(f.Cause)
		}
		return heldSentence(d, f, false)
	case residency.PartyNotFound:
		return "nothing is known about " + nameOf(f.Cause) + strings.TrimSuffix(who(d, f), ",") + ": no LegalEntity or register declares it"
	case residency.JurisdictionUnknown:
		return "no jurisdiction is known for " + nameOf(f.Cause) + who(d, f) + " on any basis that counts"
	case residency.RegisterUnavailable:
		return nameOf(f.Cause) + who(d, f) + " cannot be said to be clear: the data of " + missing(f.Missing) + " could not be read"
	case residency.NoParties:
		return "tenant " + clean(f.Tenant) + " names no party in a role that is traced"
	case residency.TenantNotFound:
		return "tenant " + clean(f.Tenant) + ", on whose behalf this is, does not exist"
	default:
		return nameOf(f.Cause) + who(d, f) + " is not restricted"
	}
}

// notUnderstood quotes what was given of where a party sits and is not
// understood.
func notUnderstood(c *residency.Cause) string {
	var words []string
	for i, u := range c.Unread {
		if i == maxCodes {
			words = append(words, "…")
			break
		}
		words = append(words, unreadWord(u))
	}
	if len(words) == 1 {
		return words[0] + " is not understood"
	}
	return andList(words) + " are not understood"
}

// unreadWord quotes one jurisdiction that is not understood.
func unreadWord(u ownership.Unread) string {
	return "the " + strings.ToLower(u.Basis.String()) + " " + strconv.Quote(oneLine(u.Text, maxReference))
}

// missing names registers.
func missing(registers []string) string {
	noun := "register "
	if len(registers) > 1 {
		noun = "registers "
	}
	names := make([]string, 0, len(registers))
	for _, name := range registers {
		names = append(names, clean(name))
	}
	return noun + andList(names)
}

// who says in what capacity a party is looked at, unless it is the customer.
func who(d residency.Decision, f residency.Finding) string {
	role := map[residency.Role]string{
		residency.Customer: "the customer",
		residency.Reseller: "the reseller",
		residency.EndUser:  "the end user",
		residency.Payer:    "the payer",
	}[f.Role]
	switch {
	case f.Tenant == "" && d.Tenant == "" && len(d.Findings) == 1:
		return ""
	case f.Tenant == "":
		return ", named as an owner,"
	case f.Tenant != d.Tenant:
		return ", " + role + " of tenant " + clean(f.Tenant) + ","
	case f.Role == residency.Customer:
		return ""
	default:
		return ", " + role + ","
	}
}

// sits says where a seed sits, in words.
func sits(c *residency.Cause) string {
	var words []string
	for _, seat := range c.Seats {
		if !seat.Blocked {
			continue
		}
		code := string(seat.Code)
		switch {
		case c.Type == ownership.State:
			words = append(words, "is part of the state of "+code)
		case seat.Basis == residency.Headquarters:
			words = append(words, "has its headquarters in "+code)
		case seat.Basis == residency.Incorporation:
			words = append(words, "is incorporated in "+code)
		case seat.Basis == residency.Nationality:
			words = append(words, "is a national of "+code)
		default:
			words = append(words, "is resident in "+code)
		}
	}
	return andList(words)
}

func clearParty(d residency.Decision) string {
	if len(d.Findings) == 1 && d.Findings[0].Cause != nil {
		return partyOf(d.Findings[0].Cause) + " is not in a blocked jurisdiction and does not trace to one"
	}
	return "no party is in a blocked jurisdiction or traces to one"
}
