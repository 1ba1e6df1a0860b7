package cluster

import "strings"

// expand replaces $(NAME) by the value of a variable, as Kubernetes does in
// arguments and in the environment: $$ stands for one $, and a reference to
// nothing stays as it is.
func expand(s string, variables map[string]string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "$")
		b.WriteString(before)
		switch name, rest, closed := strings.Cut(after, ")"); {
		case !found:
			return b.String()
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			s = after[1:]
		case strings.HasPrefix(name, "(") && closed:
			if value, ok := variables[name[1:]]; ok {
				b.WriteString(value)
			} else {
				b.WriteString("$" + name + ")")
			}
			s = rest
		default:
			b.WriteByte('$')
			s = after
		}
	}
}
