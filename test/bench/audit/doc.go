// Command audit measures the audit at the size of a large cluster: how long a
// sweep over everything takes, and the change of one tenant's verdict, what they
// ask of the API server, and what memory they need.
//
// It asserts nothing about times: those belong to the machine. Everything else
// that it does is also a test, at a small size.
package main
