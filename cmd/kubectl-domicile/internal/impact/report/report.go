package report

import (
	"time"

	"github.com/domicile-dev/domicile/internal/money"
)

// Change is what happens to a tenant.
type Change string

// The changes, in the order in which they are told. Those that begin with Still
// are counted and not listed.
const (
	// NewlyRestricted: the tenant was not, and will be.
	NewlyRestricted Change = "NewlyRestricted"
	// NoLongerExempted: what is found out counts, where an exemption set it aside.
	NoLongerExempted Change = "NoLongerExempted"
	// NewlyIndeterminate: not enough is known any more, or for the first time.
	NewlyIndeterminate Change = "NewlyIndeterminate"
	// ActionChanged: the same is found out, and something else is done, or at
	// another time.
	ActionChanged Change = "ActionChanged"
	// NewlyExempted: an exemption sets aside what is found out.
	NewlyExempted Change = "NewlyExempted"
	// NewlyClear: nothing is found out any more.
	NewlyClear Change = "NewlyClear"
	// Removed: the Tenant is deleted, so that what names it is Unidentified.
	Removed Change = "Removed"

	// StillRestricted: as before.
	StillRestricted Change = "StillRestricted"
	// StillIndeterminate: as before.
	StillIndeterminate Change = "StillIndeterminate"
	// StillExempted: as before.
	StillExempted Change = "StillExempted"
	// StillClear: as before; and so are tenants that no policy is about.
	StillClear Change = "StillClear"
)

// Changes lists the changes in their order.
func Changes() []Change {
	return []Change{
		NewlyRestricted, NoLongerExempted, NewlyIndeterminate, ActionChanged, NewlyExempted, NewlyClear, Removed,
		StillRestricted, StillIndeterminate, StillExempted, StillClear,
	}
}

// Listed says whether tenants with a change are listed, or only counted.
func (c Change) Listed() bool {
	switch c {
	case StillRestricted, StillIndeterminate, StillExempted, StillClear:
		return false
	default:
		return true
	}
}

// Report is the difference between what is live and what would be.
type Report struct {
	// At is the instant that both are compared at, Now the one of asking.
	At  time.Time `json:"at"`
	Now time.Time `json:"now"`
	// Live says where what is live was read: the cluster, or manifests.
	Live string `json:"live"`
	// Given is what would be applied and deleted.
	Given []Given `json:"given"`
	// Announced are the policies that are given with a date that is still to come.
	Announced []Announced `json:"announced"`
	// Policies says of each policy by itself how many tenants it finds what out
	// about, by name: those that are given, and those of which that changes.
	Policies []Policy `json:"policies"`
	// Totals has an entry for each change that occurs, in their order.
	Totals []Total `json:"totals"`
	// Tenants are those that something changes for, in the order of the report.
	Tenants []Tenant `json:"tenants"`
	// Others is what else changes for what runs.
	Others Others `json:"others"`
	// Uncounted is what was not counted for want of a right, so that counts of it
	// may be too small: any of workloads, apiKeys and gpus.
	Uncounted []string `json:"uncounted"`
	// Missing names the registers whose live data could not be read: what depends
	// on it is not what the cluster would say.
	Missing []string `json:"missing"`
	// Warnings are sentences about what is missing.
	Warnings []string `json:"warnings"`

	// Pictures are those of the tenants that are restricted by it. Only the page
	// shows them.
	Pictures []Picture `json:"-"`
	// PicturesLeftOut counts those that there would be besides.
	PicturesLeftOut int `json:"-"`
}

// Given is an object that would be applied or deleted.
type Given struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Operation is Create, Replace, Delete, or Unchanged.
	Operation string `json:"operation"`
}

// The operations of Given.
const (
	Create    = "Create"
	Replace   = "Replace"
	Delete    = "Delete"
	Unchanged = "Unchanged"
)

// Announced is a policy with a date that is still to come.
type Announced struct {
	Policy string    `json:"policy"`
	From   time.Time `json:"from"`
	// Until then no action is stricter than this.
	BeforeEffective string `json:"beforeEffective"`
}

// Policy is what one policy finds out, whatever others do.
type Policy struct {
	Policy string `json:"policy"`
	// Before and After are nil if the policy is not there.
	Before *Found `json:"before,omitempty"`
	After  *Found `json:"after,omitempty"`
}

// Found counts tenants by what a policy finds out about them.
type Found struct {
	Restricted    int `json:"restricted"`
	Indeterminate int `json:"indeterminate"`
	// Exempted are those of any verdict that an exemption sets aside.
	Exempted int `json:"exempted"`
	Clear    int `json:"clear"`
}

// Counts is what runs.
type Counts struct {
	// Workloads are those that no other workload made.
	Workloads int64 `json:"workloads"`
	// APIKeys are Secrets.
	APIKeys int64 `json:"apiKeys"`
	// GPUs are those that Pods which have not ended ask for.
	GPUs int64 `json:"gpus"`
}

// Add adds counts.
func (c *Counts) Add(other Counts) {
	c.Workloads += other.Workloads
	c.APIKeys += other.APIKeys
	c.GPUs += other.GPUs
}

// Total adds up the tenants of one change.
type Total struct {
	Change  Change `json:"change"`
	Tenants int    `json:"tenants"`
	// AnnualValue has one sum for each currency.
	AnnualValue []money.Amount `json:"annualValue"`
	Counts
}

// Side is what a policy, or the gravest of several, says about a tenant. All of
// it is empty if no policy is about the tenant.
type Side struct {
	Policy  string `json:"policy,omitempty"`
	Verdict string `json:"verdict,omitempty"`
	// Action is what is done once the policy is effective.
	Action string `json:"action,omitempty"`
	// Suspend says that what runs is suspended.
	Suspend bool `json:"suspend,omitempty"`
	// Notice is the milder action before that.
	Notice *Notice `json:"notice,omitempty"`
	// Exemption names the TenantExemption that sets the verdict aside.
	Exemption string `json:"exemption,omitempty"`
	// Reason is why, for programs; Message for people.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Path has the lines of the ownership path, the shortest first.
	Path []string `json:"path,omitempty"`
}

// Notice is a milder action until an instant.
type Notice struct {
	Action string    `json:"action"`
	Until  time.Time `json:"until"`
}

// Tenant is a tenant that something changes for.
type Tenant struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName,omitempty"`
	Change      Change `json:"change"`
	// Before and After are what the gravest policy says.
	Before Side `json:"before"`
	After  Side `json:"after"`
	// AnnualValue is what the tenant pays a year, if that is known.
	AnnualValue *money.Amount `json:"annualValue,omitempty"`
	Counts
	// Policies has what every policy says, by name.
	Policies []Pair `json:"policies"`
}

// Pair is what one policy says before and after; nil if it is not there, or not
// about the tenant.
type Pair struct {
	Policy string `json:"policy"`
	Before *Side  `json:"before,omitempty"`
	After  *Side  `json:"after,omitempty"`
}

// Why is the side that explains the change: what comes, or what is left behind.
func (t *Tenant) Why() Side {
	if t.Change == NewlyClear {
		return t.Before
	}
	return t.After
}

// Others is what changes for what runs and is not counted with a tenant.
type Others struct {
	// Unidentified runs for nobody who is known, and gets another action.
	Unidentified Counts `json:"unidentified"`
	// Named runs for a tenant for whom nothing changes, and gets another action,
	// for example since it names another tenant on whose behalf it is.
	Named Counts `json:"named"`
}

// Picture is the ownership picture of a tenant, with the explanation in words.
type Picture struct {
	Tenant, Policy string
	// SVG is the picture, Text the same as text.
	SVG, Text []byte
}
