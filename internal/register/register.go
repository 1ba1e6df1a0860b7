// Package register reads public ownership registers: the Beneficial Ownership
// Data Standard, the golden copy of the Global LEI Foundation, and
// FollowTheMoney. docs/registers.md says what each record is read as, and why.
//
// Files are streamed: what is kept is the graph, and for BODS a few bytes for
// each statement, of which only the last of each record counts. What cannot be
// read is either refused (a record as a whole; counted, with file and line) or
// widened to what is certain (an unreadable share is anything from 0 to 100 %,
// an unknown code is no code) and remarked upon. Nothing is ever read as less
// than it says.
package register

import (
	"fmt"
	"io"

	"github.com/domicile-dev/domicile/internal/ownership"
)

// File is one file of a register. It may be opened several times, and has the
// same content each time.
type File struct {
	// Name is for messages: a base name or the path of a URL, never a secret.
	Name string
	Open func() (io.ReadCloser, error)
}

// Format is how a register's files are written.
type Format uint8

// The formats.
const (
	BODS Format = iota
	GLEIF
	FollowTheMoney
)

var formatNames = [...]string{BODS: "BODS", GLEIF: "GLEIF", FollowTheMoney: "FollowTheMoney"}

// String is the format's name in the API.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return fmt.Sprintf("Format(%d)", uint8(f))
}

// ParseFormat reads the format's name in the API.
func ParseFormat(s string) (Format, error) {
	for f, name := range formatNames {
		if name == s {
			return Format(f), nil
		}
	}
	return 0, fmt.Errorf("%s is not a format: use BODS, GLEIF or FollowTheMoney", quote(s))
}

// Consolidation is what accounting consolidation, which GLEIF's level 2 records
// and which is no percentage, counts as.
type Consolidation uint8

// The ways to count consolidation.
const (
	// CountsAsMajority: more than 50 % of the shares and of the votes.
	CountsAsMajority Consolidation = iota
	// Ignored: nothing.
	Ignored
)

// String is the value's name in the API.
func (c Consolidation) String() string {
	if c == Ignored {
		return "Ignored"
	}
	return "CountsAsMajority"
}

// Branches is what a branch of a company and a sub-fund of a fund, which GLEIF has
// records of their own for, count as.
type Branches uint8

// The ways to count branches.
const (
	// SameParty: a branch is its head office, and a sub-fund its umbrella.
	SameParty Branches = iota
	// BranchesIgnored: they are parties of their own.
	BranchesIgnored
)

// String is the value's name in the API.
func (b Branches) String() string {
	if b == BranchesIgnored {
		return "Ignored"
	}
	return "SameParty"
}

// Options say how a register is read.
type Options struct {
	Format        Format
	Consolidation Consolidation
	Branches      Branches
	// MaxRefused is the share of refused records above which Read fails; the
	// zero value lets none be refused.
	MaxRefused ownership.Percent
	// MaxBytes bounds the memory of the layer; 0 is 64 GiB.
	MaxBytes int64
	// Progress, if it is not nil, says how far Read is.
	Progress *Progress
}

const defaultMaxBytes = 64 << 30

func (o Options) maxBytes() int64 {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return defaultMaxBytes
}

// Refusal says what is wrong with a record.
type Refusal struct {
	File string
	// Line is where the record begins, counted from 1; 0 if that is not known.
	Line int64
	// Record is the record's own id, "" if it has none that could be read.
	Record  string
	Message string
}

// Remarked is the number of remarks of all kinds.
func (r Report) Remarked() (count int64) {
	for _, of := range r.Remarks {
		count += of.Count
	}
	return count
}

// String is FILE:LINE: record ID: message.
func (r Refusal) String() string {
	s := r.File
	if r.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, r.Line)
	}
	if r.Record != "" {
		s += ": record " + quote(r.Record)
	}
	return s + ": " + r.Message
}

// Report says what was read. In Parties and Interests are those of the layer.
type Report struct {
	Records, Parties, Interests, Refused int64
	// Refusals are the first few, in the order of the files.
	Refusals []Refusal
	// Remarks are about what was read less exactly than it may have been meant,
	// such as an LEI with wrong check digits, by kind.
	Remarks []Remarks
	// Compiled says that the file was compiled beforehand.
	Compiled bool
}
