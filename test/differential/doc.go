// Package differential writes random worlds in every format that Domicile reads,
// and holds that the verdicts are the same: as LegalEntities, as a register of
// the Beneficial Ownership Data Standard 0.4, and as one of FollowTheMoney. What
// one of these cannot say is left out of a world for all of them.
package differential
