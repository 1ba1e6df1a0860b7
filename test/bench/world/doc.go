// Command world measures the whole of Domicile on a real API server: how long
// managers take to be ready, what memory they need, how long a change takes to be
// enforced and what it costs, when status is right, and what admission costs
// meanwhile, with a thousand tenants and with hundreds of thousands. It prints a
// table beside what the previous run measured and what is aimed at.
//
// Two managers run as processes, as the chart says: the first is the leader, the
// other one follows. The webhook's Service leads to one of them at a time, so
// that the processor time of the other is what a change itself costs, without
// the questions by which the change is seen. A change counts from the moment
// that the API server has acknowledged it until a dry run of a Pod, one after
// the other without a pause, is answered as it should be from then on.
//
// It asserts nothing about times: those belong to the machine. Everything else
// that it does is also a test, at a small size.
package main
