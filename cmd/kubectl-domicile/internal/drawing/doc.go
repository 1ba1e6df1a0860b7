// Package drawing puts ownership pictures into HTML pages: as they are for a screen, and
// for a printer in sheets on which the smallest type has 7 points.
package drawing
