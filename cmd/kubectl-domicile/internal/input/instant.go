package input

// Repeat adds --at to a command that explains more of what was found out about
// an instant, if it was given; "" stays "".
func (i *Instant) Repeat(command string) string {
	if command == "" || i.text == "" {
		return command
	}
	return command + " --at " + quote(i.text)
}
