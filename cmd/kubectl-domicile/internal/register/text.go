package register

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	registers "github.com/domicile-dev/domicile/internal/register"
)

// listed is how many problems of one reason the text lists.
const listed = 10

// kindWords say what remarks of a kind are about.
var kindWords = map[string]string{
	registers.ConflictingDuplicate.String(): "(records contradict each other; all of them count)",
	registers.Tie.String():                  "(statements about one record are equally new and differ; all of them count)",
	registers.UnreadJurisdiction.String():   "(given and not understood; the party may sit there)",
	registers.UnreadProperty.String():       "(carries ownership and is not read)",
	registers.UnreadInterest.String():       "(of a type that is not known; counts as an unknown interest)",
	registers.UnreadShare.String():          "(counts as an unknown share)",
	registers.UnreadDate.String():           "(counts as no limit)",
	registers.InvalidIdentifier.String():    "(identifies nobody and is left out)",
	registers.IndirectInterest.String():     "(is not what its components show)",
	registers.OtherRemark.String():          "",
}

// text writes a summary for people.
func (s summary) text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	records := fmt.Sprintf("%d, %d refused", s.Records, s.Refused.Total)
	if s.Compiled {
		records += ", when it was compiled"
	}
	fmt.Fprintf(t, "format:\t%s\n", s.Format)
	fmt.Fprintf(t, "records:\t%s\n", records)
	fmt.Fprintf(t, "parties:\t%d: %s\n", s.Parties.Total, listOf(s.Parties.Types))
	if s.Parties.NotLoaded > 0 {
		fmt.Fprintf(t, "\t%d that are only referred to\n", s.Parties.NotLoaded)
	}
	if s.Parties.WithoutJurisdiction > 0 {
		fmt.Fprintf(t, "\t%d without a jurisdiction\n", s.Parties.WithoutJurisdiction)
	}
	fmt.Fprintf(t, "interests:\t%d\n", s.Interests.Total)
	fmt.Fprintf(t, "held on %s:\t%s\n", s.Interests.On, listOf(s.Interests.Held))
	if s.Interests.From != "" {
		fmt.Fprintf(t, "changes:\tfrom %s to %s\n", s.Interests.From, s.Interests.Until)
	}
	fmt.Fprintf(t, "schemes:\t%s\n", listOf(s.Schemes))
	fmt.Fprintf(t, "memory:\t%s\n", bytesText(s.Memory))
	if err := t.Flush(); err != nil {
		return err
	}
	writeRecords(w, "\nrefused", s.Refused)
	if s.Remarked.Total > 0 {
		fmt.Fprintf(w, "\nread less exactly than meant: %d\n", s.Remarked.Total)
		for _, of := range s.Remarked.Kinds {
			writeRecords(w, strings.TrimSpace(of.Kind+" "+kindWords[of.Kind]), of.refusedRecords)
		}
	}
	s.writeProblems(w)
	return nil
}

func listOf(counts []counted) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", c.Count, c.Name))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func writeRecords(w io.Writer, title string, r refusedRecords) {
	if r.Total == 0 {
		return
	}
	fmt.Fprintf(w, "%s: %d\n", title, r.Total)
	for _, one := range r.First {
		fmt.Fprintf(w, "  %s\n", one.text)
	}
	if more := r.Total - int64(len(r.First)); more > 0 {
		fmt.Fprintf(w, "  … and %d more\n", more)
	}
}

func (s summary) writeProblems(w io.Writer) {
	if s.Problems.Total == 0 {
		return
	}
	fmt.Fprintf(w, "\nproblems in the data: %d\n", s.Problems.Total)
	for _, reason := range s.Problems.Reasons {
		fmt.Fprintf(w, "  %s: %d\n", reason.Name, reason.Count)
		told := int64(0)
		for _, p := range s.Problems.Listed {
			if p.Reason == reason.Name && told < listed {
				told++
				fmt.Fprintf(w, "    %s\n", p.Message)
			}
		}
		if told < reason.Count {
			fmt.Fprintf(w, "    … and %d more, see -o json\n", reason.Count-told)
		}
	}
	if more := s.Problems.Total - int64(len(s.Problems.Listed)); more > 0 {
		fmt.Fprintf(w, "  … and %d more that are not listed\n", more)
	}
}

func bytesText(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	default:
		return fmt.Sprintf("%d B", n)
	}
}
