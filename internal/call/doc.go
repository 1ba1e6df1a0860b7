// Package call reads API requests: who they say that they are from, for whom they
// are made, and which model they are for. It knows how one access point is read and
// nothing of Kubernetes, of proxies or of networks. Whatever could be read in two
// ways is read in the stricter one, or not at all.
package call
