package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// narrator writes the story: what happens, the commands, the answers.
type narrator struct {
	out io.Writer
	// bold and plain switch a terminal's type; they are empty elsewhere.
	bold, plain string
	chapters    int
}

func newNarrator(out *os.File) *narrator {
	n := &narrator{out: out}
	if info, err := out.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" {
		n.bold, n.plain = "\x1b[1m", "\x1b[0m"
	}
	return n
}

// chapter begins a part of the story.
func (n *narrator) chapter(title string) {
	n.chapters++
	fmt.Fprintf(n.out, "\n%s%d. %s%s\n", n.bold, n.chapters, title, n.plain)
}

// say tells something.
func (n *narrator) say(text string) { fmt.Fprintf(n.out, "\n%s\n", text) }

// command shows what is run.
func (n *narrator) command(line string) { fmt.Fprintf(n.out, "%s$ %s%s\n", n.bold, line, n.plain) }

// answer shows what a command said.
func (n *narrator) answer(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(n.out, "    %s\n", strings.TrimRight(line, "\n"))
	}
}
