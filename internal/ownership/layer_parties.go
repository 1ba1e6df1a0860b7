package ownership

import "slices"

// declare puts down what is declared about each node.
func (a *assembly) declare() {
	b, l := a.b, a.l
	nodes := len(l.idStart) - 1
	start, ordered := groups(nodes, len(b.parties), func(i int) Node { return a.node[b.partyIDs[b.parties[i].ids]] })
	a.declaredStart, a.declared = start, ordered
	l.name, l.source = make([]uint32, nodes), make([]uint32, nodes)
	l.profile, l.loaded = make([]uint32, nodes), newBitset(nodes)
	var found profiles
	found.add(Profile{})
	a.reportAnonymous()
	a.prefix.number("")
	for n := range Node(nodes) {
		same := ordered[start[n]:start[n+1]]
		if len(same) == 0 {
			continue
		}
		l.loaded.add(n)
		if len(same) > 1 {
			all := make([]Party, 0, len(same))
			for _, i := range same {
				all = append(all, a.party(i))
			}
			slices.SortFunc(all, compareParties)
			party := mergeParties(n, (&Layer{layerData: l}).label(n), all, &l.problems)
			l.profile[n] = found.add(Profile{party.Type, party.Jurisdictions}.normal())
			a.put(n, party.Name, party.Source)
			continue
		}
		only := &b.parties[same[0]]
		l.profile[n] = found.add(b.profiles.all[only.profile])
		a.put(n, b.text.at(only.name), b.text.source(only.source, b.prefixes.all))
	}
	a.sortProfiles(found.all)
}

// put puts a party's name and source down.
func (a *assembly) put(n Node, name, source string) {
	if name != "" {
		a.l.name[n] = a.l.text.add(name)
	}
	if source != "" {
		a.l.source[n] = a.prefix.addTo(&a.l.text, source)
	}
}

// sortProfiles numbers profiles in an order of their own, but for the first.
func (a *assembly) sortProfiles(found []Profile) {
	order := make([]uint32, len(found))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order[1:], func(x, y uint32) int { return found[x].compare(found[y]) })
	number := make([]uint32, len(found))
	for to, from := range order {
		number[from] = uint32(to)
		a.l.profiles = append(a.l.profiles, found[from])
	}
	for n, p := range a.l.profile {
		a.l.profile[n] = number[p]
	}
}

func (a *assembly) reportAnonymous() {
	all := a.b.anonymous
	slices.SortFunc(all, anonymousParty.compare)
	for _, p := range all {
		a.l.problems.add(nobody, ProblemInvalidReference, "a party named %s of source %s has neither a key nor an identifier: it is left out",
			quoted(p.name), quoted(p.source))
	}
}

// idsOf are the identities of a declaration.
func (b *Builder) idsOf(party uint32) []uint32 {
	end := uint32(len(b.partyIDs))
	if int(party)+1 < len(b.parties) {
		end = b.parties[party+1].ids
	}
	return b.partyIDs[b.parties[party].ids:end]
}

// party is a declaration as it was added.
func (a *assembly) party(i uint32) Party {
	b := a.b
	d := &b.parties[i]
	profile := b.profiles.all[d.profile]
	p := Party{
		Name: b.text.at(d.name), Type: profile.Type, Jurisdictions: profile.Jurisdictions,
		Source: b.text.source(d.source, b.prefixes.all),
	}
	for _, id := range b.idsOf(i) {
		scheme, text := b.ids.scheme[id], string(b.ids.bytes(id))
		if scheme == keyScheme {
			if p.Key == "" || text < p.Key {
				p.Key = text
			}
			continue
		}
		p.Identifiers = append(p.Identifiers, Identifier{b.schemes[scheme], text})
	}
	slices.SortFunc(p.Identifiers, Identifier.compare)
	return p
}
