package translate

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/domicile-dev/domicile/api/v1alpha1"
	"github.com/domicile-dev/domicile/internal/call"
	"github.com/domicile-dev/domicile/internal/residency"
)

// maxDigests is how many keys one Secret has.
const maxDigests = 16

// KeyDigest is a SHA-256, or an HMAC-SHA-256.
type KeyDigest = [sha256.Size]byte

// DigestKey is what the annotation of a key's Secret has of it.
func DigestKey(key string) KeyDigest { return sha256.Sum256([]byte(key)) }

// SecretKeys is what a Secret says of the API keys in it. Nothing is read but labels
// and annotations.
type SecretKeys struct {
	// Live says that it is marked as one of API keys, and that its data are not held.
	Live bool
	// Digests are those of the keys, Keyed those under a secret.
	Digests, Keyed []KeyDigest
	// Claims says whose they are, in a form that ClaimsOfKeys reads. Secrets that say
	// the same have the same.
	Claims string
}

// KeysOf reads the labels and annotations of a Secret. One that is not marked, or
// whose data are held, has no keys.
func KeysOf(labels, annotations map[string]string) SecretKeys {
	var k SecretKeys
	if labels[v1alpha1.APIKeyLabel] != "true" || looksTrue(labels[v1alpha1.SuspendedLabel]) || annotations[v1alpha1.HeldInAnnotation] != "" {
		return k
	}
	k.Live = true
	k.Digests = digestsIn(annotations[v1alpha1.KeyDigestAnnotation])
	k.Keyed = digestsIn(annotations[v1alpha1.KeyedDigestAnnotation])
	said := make([]string, 0, len(claimKeys))
	for _, key := range claimKeys {
		said = append(said, annotations[key])
	}
	k.Claims = strings.Join(said, claimSeparator)
	return k
}

// claimSeparator is in no annotation that is a claim.
const claimSeparator = "\x00"

// ClaimsOfKeys are the claims of a Secret.
func ClaimsOfKeys(said string) residency.Claims {
	annotations := map[string]string{}
	for i, value := range strings.SplitN(said, claimSeparator, len(claimKeys)) {
		if value != "" {
			annotations[claimKeys[i]] = value
		}
	}
	return claimsIn(annotations)
}

// digestsIn reads a list of digests. What is none is left out: the key is then one
// that nobody knows.
func digestsIn(list string) (digests []KeyDigest) {
	for text := range strings.SplitSeq(list, ",") {
		var d KeyDigest
		text = strings.TrimSpace(text)
		if len(text) != hex.EncodedLen(len(d)) || len(digests) == maxDigests {
			continue
		}
		if _, err := hex.Decode(d[:], []byte(text)); err == nil && !slices.Contains(digests, d) {
			digests = append(digests, d)
		}
	}
	return digests
}

// ContestedKey is what is said of a key that two Secrets have, which do not say the
// same of it: it is nobody's to use.
func ContestedKey() call.Holding {
	return call.Holding{Claims: residency.Claims{Problems: []residency.ClaimProblem{{
		Reason: residency.InvalidClaim, Message: "several Secrets have the digest of this key, and they do not say the same of whose it is",
	}}}}
}

// KeyBook is a directory of a few Secrets, and of tokens that are taken for verified.
type KeyBook struct {
	Tokens   map[string]map[string]any
	byDigest map[KeyDigest]call.Holder
	holdings []bookEntry
}

type bookEntry struct {
	call.Holding
	said string
}

// Add adds the keys of a Secret in a namespace.
func (b *KeyBook) Add(ns *residency.Namespace, labels, annotations map[string]string) {
	keys := KeysOf(labels, annotations)
	if b.byDigest == nil {
		b.byDigest = map[KeyDigest]call.Holder{}
	}
	for _, d := range keys.Digests {
		e := bookEntry{call.Holding{Namespace: ns, Claims: ClaimsOfKeys(keys.Claims)}, keys.Claims}
		if other := b.byDigest[d]; other != 0 {
			known := b.holdings[other-1]
			if known.said == keys.Claims && known.Namespace != nil && known.Namespace.Name == ns.Name {
				continue
			}
			e = bookEntry{Holding: ContestedKey()}
		}
		b.holdings = append(b.holdings, e)
		b.byDigest[d] = call.Holder(len(b.holdings))
	}
}

// Key implements call.Directory.
func (b *KeyBook) Key(presented string) call.Holder { return b.byDigest[DigestKey(presented)] }

// Verify implements call.Directory.
func (b *KeyBook) Verify(_ *call.Token, presented string) (call.Claims, error) {
	if claims, ok := b.Tokens[presented]; ok {
		return claims, nil
	}
	return nil, call.ErrUnverified
}

// Holding is what a holder says.
func (b *KeyBook) Holding(h call.Holder) call.Holding {
	if h == 0 {
		return call.Holding{}
	}
	return b.holdings[h-1].Holding
}

// Call is what is decided about for a request. An access point that is not there, or
// that cannot be compiled, leaves nothing to be known about it.
func (b *KeyBook) Call(point *CompiledAccessPoint, m *call.Manifest, find call.Identified) *residency.Object {
	unknown := func(why string) *residency.Object {
		return &residency.Object{Kind: call.ManifestKind, Call: &residency.Call{AccessPoint: m.AccessPoint, AnyModel: true}, Claims: residency.Claims{
			Problems: []residency.ClaimProblem{{Reason: residency.InvalidClaim, Message: why}},
		}}
	}
	if point == nil {
		return unknown("there is no AccessPoint " + m.AccessPoint)
	}
	if point.Point.Invalid != "" {
		return unknown("AccessPoint " + m.AccessPoint + " cannot be compiled")
	}
	with := *b
	with.Tokens = m.Tokens
	request := m.Request()
	identity, err := point.Point.Identify(request, &with)
	if err != nil {
		return unknown(err.Error()) // not reached: a book knows at once
	}
	var names []string
	if name, ok := point.Point.Model.Read(request, nil); ok {
		names = point.Point.Model.Names(string(name))
	}
	return point.Point.Object(identity, b.Holding(identity.Holder), names, find)
}
