// Command admission measures what a request costs that Domicile is asked about, through a
// real API server, beside one that nobody is asked about, a webhook that always says yes,
// a Validator of controller-runtime with a map of Go, and the mirror alone. They take turns
// in one run, so that the ratios hold whatever else the machine does. All requests are dry
// runs that are admitted.
//
// It asserts nothing about times: those belong to the machine.
package main
