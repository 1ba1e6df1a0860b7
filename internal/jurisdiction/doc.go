// Package jurisdiction knows ISO 3166 codes and sets of them.
//
// A Code is canonical: a place that ISO 3166-2 lists under a country and ISO
// 3166-1 lists by itself has its own alpha-2 code only (CN-HK is HK, FR-RE is
// RE), so that two codes are the same place exactly if they are equal, and CN
// never implies HK.
package jurisdiction
