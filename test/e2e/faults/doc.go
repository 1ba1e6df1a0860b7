// Package faults breaks things while requests go on, and counts what is answered wrong.
//
// Three managers run as the chart says on a real control plane, each with an address of
// its own. Requests come all the time for tenants of which half are restricted. Some of
// these change all the time in a way that makes no difference, some change hands now and
// then. Each answer is compared with what some world would have answered that was current
// within the bound (--contact-bound) before it: who was clear for all that time and is
// refused is refused wrongly, and who was restricted and is admitted is admitted wrongly.
// Both numbers have to be 0 whatever happens. Who is not answered may try again.
//
// "make test-faults" tries every fault, and prints a table, which is that of
// docs/reliability.md. Without DOMICILE_FAULTS=all only some are tried, those that take
// seconds.
package faults
