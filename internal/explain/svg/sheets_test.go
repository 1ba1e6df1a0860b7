package svg

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// TestNoTypeIsSmallerThanSevenPoints: sheets show the picture as it is, and what fits one
// page is made smaller by leastScale at most.
func TestNoTypeIsSmallerThanSevenPoints(t *testing.T) {
	t.Parallel()
	const points = 72.0 / 96
	for _, match := range regexp.MustCompile(`font-size:([0-9.]+)px`).FindAllStringSubmatch(style, -1) {
		size, err := strconv.ParseFloat(match[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		if size*leastScale*points < 6.999 {
			t.Errorf("type of %v pixels is printed smaller than 7 points", size)
		}
	}
}

func TestSheets(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		width, height float64
		rows, columns int
		reason        string
	}{
		{720, 400, 0, 0, "it has room on one page"},
		{1040, 670, 0, 0, "made a little smaller, too"},
		{1100, 400, 1, 2, "too wide"},
		{720, 900, 2, 1, "too high"},
		{2410, 1520, 3, 3, "both; two sheets beside each other show 1720 pixels, and three 2410; two below each other 1180"},
	} {
		sheets := Sheets(row.width, row.height)
		if len(sheets) != row.rows || row.rows > 0 && len(sheets[0]) != row.columns {
			t.Errorf("%v x %v: %v, want %d rows of %d: %s", row.width, row.height, sheets, row.rows, row.columns, row.reason)
		}
	}
}

// TestEverythingIsWholeOnASheet tries places of something as large as a box.
func TestEverythingIsWholeOnASheet(t *testing.T) {
	t.Parallel()
	const width, height = 3333.0, 2222.0
	sheets := slices.Concat(Sheets(width, height)...)
	for x := 0.0; x <= width-overlapAcross; x += 7 {
		for y := 0.0; y <= height-overlapDown; y += 7 {
			if !slices.ContainsFunc(sheets, func(s Sheet) bool {
				return s.X <= x && x+overlapAcross <= s.X+s.Width && s.Y <= y && y+overlapDown <= s.Y+s.Height
			}) {
				t.Fatalf("what is at %v, %v is cut on each sheet", x, y)
			}
		}
	}
}
