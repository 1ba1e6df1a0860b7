package residency

// Call is an API request, as what is decided about in place of an object of the
// cluster.
type Call struct {
	// AccessPoint names where it came in.
	AccessPoint string
	// Models are the names of the model that it is for, in lower case: as the
	// request has it and, if that is an alias, what it stands for.
	Models []string
	// AnyModel says that the model is not known for certain, so that the request
	// counts as one for every model.
	AnyModel bool
	// MustSay says whether requests of a tenant with these labels must name the
	// customer for whom they are made. Nil is none.
	MustSay func(labels map[string]string) bool
}

// noun is what the object is called in messages.
func (o *Object) noun() string {
	if o.Call != nil {
		return "the request"
	}
	return "the object"
}

// silent refuses a request that has to name the customer for whom it is made, and
// does not.
func silent(w *World, o *Object) []Decision {
	if o.Call == nil || o.Call.MustSay == nil || len(o.Claims.OnBehalfOf) > 0 {
		return nil
	}
	tenant := w.Tenant(Belongs(o))
	if tenant == nil || !o.Call.MustSay(tenant.Labels) {
		return nil
	}
	return []Decision{refusal(EndUserMissing, tenant.Name,
		"requests of tenant %s at access point %s have to name the customer for whom they are made", tenant.Name, o.Call.AccessPoint)}
}
