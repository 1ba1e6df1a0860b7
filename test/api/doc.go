// Package api tests what the API server itself makes of Domicile's kinds: it
// installs the CRDs of config/crd into a real API server and applies manifests
// to it, without the webhook.
//
// testdata has one archive for each topic. In an archive, NAME.yaml is a
// manifest that begins with the reason why it is there, and NAME.error the
// exact words with which the API server refuses it. A manifest without an error
// is admitted.
//
//	go test ./test/api          compares
//	go test ./test/api -update  writes the errors anew; read the difference
package api
