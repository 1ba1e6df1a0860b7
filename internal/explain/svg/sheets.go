package svg

import "math"

// Sheet is the part of a picture, in its pixels, that is printed on one page.
type Sheet struct{ X, Y, Width, Height float64 }

const (
	// What a landscape page of A4 has room for between margins of 12 mm, below one line of
	// text. drawing.css has the same.
	sheetWidth, sheetHeight = 1030.0, 666.0
	// Sheets overlap by so much. No box and no column of notes is wider, and hardly any box
	// is higher, so that each is whole on one of them.
	overlapAcross, overlapDown = columnWidth, 150.0
	// leastScale is how small a picture may be printed: its smallest type is then 7 points high.
	leastScale = 7.0 / 72 * 96 / 9.5
)

// Sheets cuts a picture of a size into rows of sheets, on which it is printed as large as
// it is. There are none if all of it can be read on one page.
func Sheets(width, height float64) [][]Sheet {
	if width*leastScale <= sheetWidth && height*leastScale <= sheetHeight {
		return nil
	}
	var rows [][]Sheet
	for _, y := range starts(height, sheetHeight, overlapDown) {
		var row []Sheet
		for _, x := range starts(width, sheetWidth, overlapAcross) {
			row = append(row, Sheet{X: x, Y: y, Width: sheetWidth, Height: sheetHeight})
		}
		rows = append(rows, row)
	}
	return rows
}

// starts says where sheets begin that cover a length and overlap by so much at least.
func starts(length, sheet, overlap float64) []float64 {
	at := []float64{0}
	if length <= sheet {
		return at
	}
	more := math.Ceil((length - sheet) / (sheet - overlap))
	for i := 1.0; i <= more; i++ {
		at = append(at, (length-sheet)*i/more)
	}
	return at
}
