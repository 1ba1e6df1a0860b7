// Package page writes what impact tells as one HTML file that asks for nothing
// else: for a browser, a printer, and people who have no kubectl.
package page
