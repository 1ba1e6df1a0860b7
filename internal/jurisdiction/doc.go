// Package jurisdiction knows ISO 3166 codes and sets of them.
//
// A Code is canonical: a place that ISO 3166-2 lists under a country and ISO
// 3166-1 lists by itself has its own alpha-2 code only (CN-HK is HK, FR-RE is
// RE), so that two codes are the same place exactly if they are equal, and CN
// never implies HK.
//
// Parse is for policies and exact. Read is for data, and understands what
// publishers write: other and former codes, their own codes, names. Whatever it
// does not understand it says so, because that is not the same as nothing.
package jurisdiction
