// Package money adds amounts of money up exactly, each currency by itself:
// amounts of different currencies are never added, and never compared.
package money
