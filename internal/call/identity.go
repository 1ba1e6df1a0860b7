package call

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// maxWays is how many ways to identify a request an access point has.
	maxWays = 16
	// maxCredential and maxBehalf bound what is read of one header, in bytes.
	maxCredential = 16 << 10
	maxBehalf     = 4 << 10
	bearer        = "bearer "
)

// Identity is who a request says that it is from. It can be compared: equal ones get
// the same answer from the same world.
type Identity struct {
	// Holder has the API key; 0 if none was shown.
	Holder Holder
	// Way is the way, counted from 1, in which Value says who it is; 0 for none.
	Way   uint8
	Value string
	// Behalf names the customers, separated by commas.
	Behalf string
	// Problem is why it cannot be told who it is from: it says several things, or
	// something that cannot be believed.
	Problem Problem
}

// Problem is what is wrong with what a request says.
type Problem uint8

// The problems.
const (
	NoProblem Problem = iota
	// UnknownCredential: a key or token that nobody knows.
	UnknownCredential
	// SeveralCredentials: two that are not the same one.
	SeveralCredentials
	// TooMuch: more than is read.
	TooMuch
)

// Anybody says whether the request says anything of whose it is that is known.
func (i Identity) Anybody() bool { return i.Holder != 0 || i.Way != 0 }

// reading is an identity as it is read.
type reading struct {
	Identity
	// at are the headers that have something, and whether anybody knows it.
	at     [maxWays]string
	known  [maxWays]bool
	number int
	claims Claims
}

// Identify reads whose a request is. An error says that it cannot be found out.
func (p *Point) Identify(r *Request, d Directory) (Identity, error) {
	var s reading
	for i := range p.Ways {
		if err := s.way(&p.Ways[i], uint8(i+1), r, d); err != nil {
			return Identity{}, err
		}
	}
	if r.Claimed {
		s.Problem = SeveralCredentials
	}
	if s.Problem == NoProblem && slices.Contains(s.known[:s.number], false) {
		s.Problem = UnknownCredential
	}
	s.behalf(p.OnBehalfOf, r)
	return s.Identity, nil
}

func (s *reading) way(w *Way, number uint8, r *Request, d Directory) error {
	switch {
	case w.SAN != nil:
		for _, san := range r.SANs {
			if value, ok := strings.CutPrefix(san, *w.SAN); ok && value != "" {
				s.says(number, value)
			}
		}
		return nil
	case w.Proxied != nil:
		if !believed(r.Proxy, w.Proxied.Proxies) {
			return nil
		}
		value, n := r.Headers.Get(w.Proxied.Header)
		if n > 1 {
			s.Problem = SeveralCredentials
		} else if value != "" {
			s.says(number, value)
		}
		return nil
	case w.Token != nil && w.Token.Namespace != "":
		claims, _ := r.Metadata[w.Token.Namespace][w.Token.Key].(map[string]any)
		s.token(w.Token, number, claims)
		return nil
	default:
		return s.credential(w, number, r, d)
	}
}

func believed(shown, proxies []string) bool {
	for _, name := range shown {
		if slices.Contains(proxies, name) {
			return true
		}
	}
	return false
}

// credential reads a key or token.
func (s *reading) credential(w *Way, number uint8, r *Request, d Directory) error {
	presented, n := r.Headers.Get(w.Header)
	switch {
	case n == 0:
		return nil
	case n > 1:
		s.Problem = SeveralCredentials
		return nil
	case len(presented) > maxCredential:
		s.Problem = TooMuch
		return nil
	}
	place := s.place(w.Header)
	if w.Bearer {
		if len(presented) <= len(bearer) || !strings.EqualFold(presented[:len(bearer)], bearer) {
			return nil
		}
		presented = presented[len(bearer):]
	}
	if w.Key {
		if holder := d.Key(presented); holder != 0 {
			s.known[place] = true
			s.holds(holder)
		}
		return nil
	}
	claims, err := d.Verify(w.Token, presented)
	switch {
	case err == nil:
		s.known[place] = true
		s.token(w.Token, number, claims)
	case !isUnverified(err):
		return fmt.Errorf("verify a token of %s: %w", w.Token.Issuer, err)
	}
	return nil
}

// place is where it is noted what a header has.
func (s *reading) place(header string) int {
	if i := slices.Index(s.at[:s.number], header); i >= 0 {
		return i
	}
	s.at[s.number] = header
	s.number++
	return s.number - 1
}

// token notes who a token says that it is. One without the claim says nothing that
// can be known.
func (s *reading) token(t *Token, number uint8, claims Claims) {
	if claims == nil {
		return
	}
	value, _ := claims[t.Claim].(string)
	if issuer, _ := claims["iss"].(string); issuer != t.Issuer || value == "" {
		s.Problem = UnknownCredential
		return
	}
	s.claims = claims
	s.says(number, value)
}

func (s *reading) holds(h Holder) {
	if s.Holder != 0 && s.Holder != h {
		s.Problem = SeveralCredentials
	}
	s.Holder = h
}

func (s *reading) says(number uint8, value string) {
	switch {
	case len(value) > maxBehalf:
		s.Problem = TooMuch
	case s.Way != 0 && (s.Way != number || s.Value != value):
		s.Problem = SeveralCredentials
	default:
		s.Way, s.Value = number, value
	}
}

// behalf reads for whom the request is made.
func (s *reading) behalf(b *OnBehalfOf, r *Request) {
	switch {
	case b == nil:
	case b.Header != "":
		value, n := r.Headers.Get(b.Header)
		if n > 1 {
			value = strings.Join(r.Headers.All(b.Header), ",")
		}
		s.Behalf = value
	default:
		s.Behalf = listIn(s.claims[b.Claim])
	}
	if len(s.Behalf) > maxBehalf {
		s.Behalf, s.Problem = "", TooMuch
	}
}

// listIn is a claim as a list with commas.
func listIn(claim any) string {
	switch claim := claim.(type) {
	case string:
		return claim
	case []any:
		names := make([]string, 0, len(claim))
		for _, one := range claim {
			name, _ := one.(string) // what is none is nobody's name
			names = append(names, name)
		}
		return strings.Join(names, ",")
	default:
		return ""
	}
}
