// Package launch starts and ends the processes of a control plane on loopback.
//
// Everything that runs is the executable of the calling program, started again
// under the name of a component. Nothing outlives a control plane: its processes
// die with the one that started them, even when that is killed (on Linux), and
// Down finds what is left anywhere else by the lock that each process holds on
// its pid file.
package launch
