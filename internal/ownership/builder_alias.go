package ownership

// AddAlias says that two keys are of one party, as a register that merged two
// records says it. Neither needs to be added before it, or ever.
func (b *Builder) AddAlias(key, alias string) {
	if key == "" || alias == "" || !b.room(0, Ref{Key: key}, Ref{Key: alias}) {
		return
	}
	b.join(b.identity(Ref{Key: key}), b.identity(Ref{Key: alias}))
}
