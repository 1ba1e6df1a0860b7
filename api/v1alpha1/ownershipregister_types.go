package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RegisterFormat is how a register's files are written.
// +kubebuilder:validation:Enum=BODS;GLEIF;FollowTheMoney
type RegisterFormat string

// The register formats.
const (
	// FormatBODS is the Beneficial Ownership Data Standard, 0.4 or 0.3, as a
	// JSON array or JSON Lines.
	FormatBODS RegisterFormat = "BODS"
	// FormatGLEIF is the golden copy of the Global LEI Index in CSV, XML or JSON.
	FormatGLEIF RegisterFormat = "GLEIF"
	// FormatFollowTheMoney is FollowTheMoney entities as JSON Lines.
	FormatFollowTheMoney RegisterFormat = "FollowTheMoney"
)

// ConsolidationRule is what accounting consolidation counts as.
// +kubebuilder:validation:Enum=CountsAsMajority;Ignored
type ConsolidationRule string

// The consolidation rules.
const (
	// ConsolidationCountsAsMajority: whoever consolidates a company holds more
	// than half of it.
	ConsolidationCountsAsMajority ConsolidationRule = "CountsAsMajority"
	// ConsolidationIgnored: consolidation says nothing about ownership.
	ConsolidationIgnored ConsolidationRule = "Ignored"
)

// BranchRule is what branches and sub-funds count as.
// +kubebuilder:validation:Enum=SameParty;Ignored
type BranchRule string

// The branch rules.
const (
	// BranchesSameParty: an international branch is the same party as its head
	// office, and a sub-fund the same as its umbrella.
	BranchesSameParty BranchRule = "SameParty"
	// BranchesIgnored: branches and sub-funds are parties of their own.
	BranchesIgnored BranchRule = "Ignored"
)

// FileSource is files of a volume that is mounted into the manager: an OCI image
// volume, a ConfigMap, a persistent volume.
type FileSource struct {
	// paths are relative to the manager's folder for registers, and never lead
	// out of it, not by symbolic links either. They may have the wildcards of a
	// shell (*, ?, [a-z]) within a name.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=512
	// +kubebuilder:validation:items:XValidation:rule=`self.matches(r'^[^/\pC][^\pC]*$') && !self.matches(r'(^|/)[.][.]?(/|$)') && !self.matches(r'/(/|$)')`,message="must be a path below the manager's folder for registers, such as gleif/lei2.csv.zip: relative, without '.', '..', empty names or control characters"
	Paths []string `json:"paths,omitempty"`
}

// HTTPSSource is files that are downloaded.
type HTTPSSource struct {
	// urls are the files, all of one register.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=2048
	// +kubebuilder:validation:items:XValidation:rule=`isURL(self) && url(self).getScheme() == 'https' && url(self).getHostname() != '' && self.matches(r'^https://[^/?#@\s\pC]+([/?][^#\s\pC]*)?$')`,message="must be an https URL without user name, password and fragment"
	URLs []string `json:"urls,omitempty"`
}

// OCISource is an artifact in an OCI registry. Each of its layers is a file.
type OCISource struct {
	// reference names the artifact by tag or by digest, with its registry.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$') && self.matches('(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$')`,message="must be an OCI reference with registry and a tag or a digest, such as registry.example/ownership/gleif:2026-07"
	Reference string `json:"reference,omitempty"`
}

// RegisterSource is where a register's data comes from.
// +kubebuilder:validation:ExactlyOneOf=file;https;oci
type RegisterSource struct {
	// file is files of a volume that is mounted into the manager. Exactly one of file,
	// https and oci is set.
	// +optional
	File *FileSource `json:"file,omitzero"`

	// https is files that are downloaded. Plain http is never used, and no
	// redirect to it followed. Exactly one of file, https and oci is set.
	// +optional
	HTTPS *HTTPSSource `json:"https,omitzero"`

	// oci is an artifact in an OCI registry. Exactly one of file, https and oci is set.
	// +optional
	OCI *OCISource `json:"oci,omitzero"`
}

// OwnershipRegisterSpec is where bulk ownership data is and how it is read.
// +kubebuilder:validation:XValidation:rule="!has(self.consolidation) || self.format == 'GLEIF'",message="consolidation is about format GLEIF, the only one that has accounting consolidation"
// +kubebuilder:validation:XValidation:rule="!has(self.branches) || self.format == 'GLEIF'",message="branches is about format GLEIF, the only one that has records of branches"
// +kubebuilder:validation:XValidation:rule="!has(self.checksum) || !has(self.source.https) || size(self.source.https.urls) == 1",message="checksum is that of one file: list one URL, or drop checksum"
// +kubebuilder:validation:XValidation:rule="!has(self.checksum) || !has(self.source.file) || (size(self.source.file.paths) == 1 && !self.source.file.paths[0].matches('[*?[]'))",message="checksum is that of one file: list one path without wildcards, or drop checksum"
type OwnershipRegisterSpec struct {
	// format is how the files are written. BODS: the Beneficial Ownership Data Standard
	// 0.4, 0.3 or 0.2 as JSON. GLEIF: the golden copy of the Global LEI Index as CSV, XML
	// or JSON. FollowTheMoney: entities as JSON. A file that `kubectl domicile register
	// compile` has made of this format is read as well.
	// +required
	Format RegisterFormat `json:"format,omitempty"`

	// source is where the data comes from.
	// +required
	Source RegisterSource `json:"source,omitzero"`

	// interval is how often the source is asked for newer data, 10s to 8760h.
	// Default: 24h.
	// +optional
	// +kubebuilder:default="24h"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^([0-9]{1,6}[hms]){1,3}$') || (duration(self) >= duration('10s') && duration(self) <= duration('8760h'))",message="must be from 10s to 8760h"
	Interval Duration `json:"interval,omitempty"`

	// checksum is what the data must have: of one file the SHA-256 of its bytes,
	// of an OCI artifact the digest of its manifest. Other data is not used. Without it,
	// whatever the source gives is used.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=71
	// +kubebuilder:validation:XValidation:rule="self.matches('^sha256:[0-9a-f]{64}$')",message="must be sha256: and 64 hexadecimal digits in lower case"
	Checksum string `json:"checksum,omitempty"`

	// consolidation is what accounting consolidation counts as: GLEIF says who
	// consolidates whom, and not who holds how much. CountsAsMajority: more than 50 %.
	// Ignored: nothing. It is for format GLEIF alone. Without it, CountsAsMajority.
	// +optional
	Consolidation ConsolidationRule `json:"consolidation,omitempty"`

	// branches is what an international branch of a company and a sub-fund of a
	// fund count as, which GLEIF has records of their own for. SameParty: whoever serves
	// the branch serves its head office. Ignored: they are parties of their own. It is
	// for format GLEIF alone. Without it, SameParty.
	// +optional
	Branches BranchRule `json:"branches,omitempty"`

	// maxRefused is the percentage of records that may be refused. Beyond it
	// the data is not used, and what was loaded before stays in use. Default: 1.
	// +optional
	// +kubebuilder:default="1"
	MaxRefused Percent `json:"maxRefused,omitempty"`
}

// RegisterRefusal is a record that is not used.
type RegisterRefusal struct {
	// file is the file's name.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	File string `json:"file,omitempty"`

	// line is where the record begins; without it, the file is no text.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Line int64 `json:"line,omitempty"`

	// record is the record's identifier, if it has one.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Record string `json:"record,omitempty"`

	// message says why the record is not used.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}

// RegisterRemark is what was used, but not read for all that it may have meant.
type RegisterRemark struct {
	// kind is what the remarks are about.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Kind string `json:"kind,omitempty"`

	// count is how many there are.
	// +required
	// +kubebuilder:validation:Minimum=1
	Count int64 `json:"count,omitempty"`

	// first are the first of them.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	First []RegisterRefusal `json:"first,omitempty"`
}

// OwnershipRegisterStatus is what the leading manager loaded. Every manager
// loads for itself.
// +kubebuilder:validation:MinProperties=1
type OwnershipRegisterStatus struct {
	// conditions has Ready: whether the data is in use as declared.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the metadata.generation that this status is about.
	// +optional
	// +kubebuilder:validation:Minimum=1
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// entities is how many parties the data in use has.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Entities *int64 `json:"entities,omitempty"`

	// interests is how many interests the data in use has.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Interests *int64 `json:"interests,omitempty"`

	// refused is how many records the last attempt refused.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Refused *int64 `json:"refused,omitempty"`

	// refusals are the first of them.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	Refusals []RegisterRefusal `json:"refusals,omitempty"`

	// remarks are about what the last attempt used, but did not read for all that
	// it may have meant, by kind. `kubectl domicile register inspect` lists ten of
	// each.
	// +optional
	// +listType=map
	// +listMapKey=kind
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Remarks []RegisterRemark `json:"remarks,omitempty"`

	// problems is how many contradictions the data in use has, such as more
	// than 100 % of lower bounds. `kubectl domicile register inspect` lists them.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Problems *int64 `json:"problems,omitempty"`

	// revision identifies the data in use: the same data has the same revision.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Revision string `json:"revision,omitempty"`

	// lastSuccess is when the source last gave the data in use, changed or not.
	// +optional
	LastSuccess *metav1.Time `json:"lastSuccess,omitempty"`

	// nextRefresh is when the source is asked next, give or take a few seconds.
	// +optional
	NextRefresh *metav1.Time `json:"nextRefresh,omitempty"`
}

// OwnershipRegister is bulk ownership data that does not belong in etcd: a
// public register, read by every manager.
//
// +genclient
// +genclient:nonNamespaced
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=oreg,categories=domicile
// +kubebuilder:printcolumn:name="Format",type=string,JSONPath=`.spec.format`
// +kubebuilder:printcolumn:name="Entities",type=integer,JSONPath=`.status.entities`
// +kubebuilder:printcolumn:name="Interests",type=integer,JSONPath=`.status.interests`
// +kubebuilder:printcolumn:name="Refused",type=integer,JSONPath=`.status.refused`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Last Success",type=date,JSONPath=`.status.lastSuccess`
// +kubebuilder:printcolumn:name="Revision",type=string,JSONPath=`.status.revision`,priority=1
// +kubebuilder:printcolumn:name="Next Refresh",type=string,JSONPath=`.status.nextRefresh`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 59",message="metadata.name must have at most 59 characters: parties are referred to by the scheme OREG.NAME"
type OwnershipRegister struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is where the data is and how it is read.
	// +required
	Spec OwnershipRegisterSpec `json:"spec,omitzero"`

	// status is written by Domicile.
	// +optional
	Status OwnershipRegisterStatus `json:"status,omitzero"`
}

// OwnershipRegisterList is a list of OwnershipRegisters.
//
// +kubebuilder:object:root=true
type OwnershipRegisterList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	// items are the OwnershipRegisters.
	Items []OwnershipRegister `json:"items"`
}
