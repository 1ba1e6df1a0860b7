package ownership

// Builder collects parties and interests from any number of sources. The order
// in which they are added makes no difference. The zero value is ready for use.
type Builder struct {
	parties   []Party
	interests []Interest
}

// AddParty adds a declaration of a party. Declarations that share a key or an
// identifier, directly or through others, are of the same party.
func (b *Builder) AddParty(p Party) {
	b.parties = append(b.parties, p)
}

// AddInterest adds a declaration of an interest. Its parties need not be added
// before it, or ever.
func (b *Builder) AddInterest(i Interest) {
	b.interests = append(b.interests, i)
}

// Build returns the graph of all that was added. The Builder is spent.
func (b *Builder) Build() *Graph {
	g := &Graph{}
	g.directory = newDirectory(b.parties, b.interests, &g.problems)
	g.records = newRecords(b.interests, g.directory, &g.problems)
	g.boundaries = g.records.boundaries()
	g.directory.reportNotLoaded(g.records, &g.problems)
	g.records.reportMoreThanWhole(g.directory, &g.problems)
	*b = Builder{}
	return g
}
