package envoy.authz

default allow := false

allow if {
	token := trim_prefix(input.attributes.request.http.headers.authorization, "Bearer ")
	tenant := data.keys[crypto.sha256(token)]
	not data.restricted[tenant]
}
