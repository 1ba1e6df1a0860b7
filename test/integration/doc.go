// Package integration tests admission as users meet it: against a real API
// server that asks three replicas of the real manager, installed by the real
// chart (see test/rig/cluster).
//
// # What the design says, and which test fails if it is not so
//
// Names with "webhook." or "translate." are unit tests of those packages, for
// what cannot be made to happen in a cluster.
//
//	Claims
//	  in the object's own annotations            TestClaimsAreRead
//	  in any map called annotations              TestClaimsAreRead, translate.TestClaimsAreFoundInEveryMapCalledAnnotations
//	  in a kind that nobody here has heard of    TestClaimsAreRead, TestEveryKindIsCovered
//	  plus the namespace's                       TestClaimsAreRead
//	  on-behalf-of and owner add parties         TestClaimsAreRead
//	  they can only make a verdict stricter      TestClaimsAreRead
//	May it claim that?
//	  TenantMismatch in a bound namespace        TestWhoMayClaimWhat
//	  TenantNotAuthorized in an unbound one      TestWhoMayClaimWhat
//	  claim, or bind, where no namespace is      TestClaimingInAnUnboundNamespaceNeedsTheVerb
//	    bound
//	  a Tenant binds namespaces by name          TestANamespaceThatATenantBindsOutlivesTheNamespace
//	  bind to delete a Tenant that does         TestATenantThatBindsNamespacesGoesWithBindOnly
//	  bind for that of a ServiceAccount          TestAServiceAccountChangesHandsWithBindOnly
//	  bind for the annotation of a Namespace     TestBindingANamespaceNeedsBind, TestNamespaceSubresourcesDoNotBind
//	  bind for that of an object that exists     TestChangingAClaimNeedsBind
//	Scope, verdict, action
//	  scope, per policy                          TestWhichObjectsAPolicyCovers
//	  verdict and action, per policy             TestWhatAPolicyDoesWithAVerdict, TestUnidentifiedIsDeniedOnlyWhereAPolicySaysWhere
//	  notice periods apply                       TestWhatAPolicyDoesWithAVerdict
//	  all run, all reasons are told              TestAllPoliciesRunAndTheStrictestActionWins
//	  the strictest action wins                  TestAllPoliciesRunAndTheStrictestActionWins
//	Time
//	  a notice period ends at its second         TestANoticePeriodEndsAtTheSecondOnEveryReplica
//	  an exemption expires at its second         TestAnExemptionExpiresAtTheSecondOnEveryReplica
//	  status names the next change               TestStatusNamesTheNextChange
//	Exemptions
//	  for one tenant and one policy              TestAnExemptionIsForOneTenantAndOnePolicy
//	  several don't combine                      TestAnExemptionIsForOneTenantAndOnePolicy
//	  only a role of its own may grant them      TestOnlyTheApproverGrantsExemptions, TestTheApproverMayNothingElse
//	  named in the audit log                     TestAnExemptionIsForOneTenantAndOnePolicy
//	  one apply with a tenant works              TestOneApplyWithAnExemptionWorksAtTheFirstTry
//	Answer
//	  403, a reason, one sentence, the path      TestARefusalSaysWhatAPersonAndAMachineNeed
//	  the command that explains more             TestTheCommandOfARefusalWorks
//	  Warn: a warning                            TestWhatAPolicyDoesWithAVerdict
//	  always: audit annotations                  TestEveryAnswerIsInTheAuditLog
//	  dry-run without side effects               TestADryRunGetsTheSameAnswer
//	Coverage
//	  every kind, and what a policy adds         TestEveryKindIsCovered
//	  pods/ephemeralcontainers, pods/resize      TestARestrictedTenantMayNeverGrow
//	  kinds by their definitions                 TestAKindThatHoldsPodsIsCoveredWhenItAppears, TestAPolicyLeavesAKindOut
//	  in no namespace, without being in the way  TestAKindInNoNamespaceIsAskedAboutByTheWay
//	  a Scale of what cannot be read             TestScalingAKindThatCannotBeReadSaysWhichRightIsMissing
//	  every */scale                              TestARestrictedTenantMayNeverGrow, TestAnAutoscalerDoesNotGrowARestrictedTenant
//	  UPDATE that grows nothing passes           TestARestrictedTenantMayAlwaysShrink
//	  Pods that controllers make again pass      TestWhatIsEvictedIsMadeAgain
//	  ForeignAPIKey                              TestAPIKeysOfOtherTenantsAreNotRead
//	API-key Secrets
//	  type, label, data key                      TestWhatMakesASecretAnAPIKey
//	  all where a restricted tenant is bound     TestNoKeyGetsIntoARestrictedNamespace
//	  only those reach the webhook               TestOnlyAPIKeysReachTheWebhook
//	  no byte of data is logged or sent back     TestNoByteOfASecretIsToldToAnybody
//	The webhook configuration
//	  follows the policies                       TestTheConfigurationFollowsThePolicies
//	  asks for no more than they need            TestTheWebhookIsAskedNoMoreThanItMust, TestNothingElseIsAskedAbout
//	  failurePolicy Fail                         TestWithoutAnyReplicaNothingGetsIn
//	  excluded namespaces, which none can forge  TestSystemNamespacesAreNeverAskedAbout
//	Ownership registers
//	  files, https and OCI; chains across them   TestAChainThroughSeveralRegistersIsFollowed
//	  refreshed without a restart                TestAChainThroughSeveralRegistersIsFollowed
//	  the last good data stays in use            TestAChainThroughSeveralRegistersIsFollowed
//	  one that never loaded makes nobody Clear   TestRegistersThatCannotBeLoadedMakeNobodyClear
//	  a spec that cannot be loaded is refused    TestRegistersAreValidated
//	When it cannot know
//	  before caches are synced: 503              webhook.TestWhatCannotBeKnownIsUnavailable, TestARollingRestartLetsNothingIn
//	  after the deadline: 503                    webhook.TestAnAnswerAfterTheDeadlineIsUnavailable, webhook.TestTheAnswerComesBeforeTheAPIServerGivesUp
//	  a lookup fails: 503                        TestWhatCannotBeLookedUpIsUnavailable
//	  a Tenant is read live once                 webhook.TestATenantThatIsTooNewIsReadLiveOnce, TestATenantThatDoesNotExistIsUnidentified
//	  one apply of tenant and workload works     TestOneApplyOfEverythingWorksAtTheFirstTry
//	  and so with the very first policy          TestTheFirstPolicyWorksForWhatIsAppliedWithIt
//	What is told about all that
//	  metrics, to whoever may read them          TestMetricsAreForWhoeverMayReadThem
//	  those that are documented, and no others   TestMetricsAreWhatIsDocumented
//
// # Ways around, and which test tries them
//
//	Identity
//	  object, template and namespace disagree    TestWhoMayClaimWhat
//	  values that are no name, duplicate keys    TestClaimsThatAreNoNameAreRefused, TestWhatTheAPIServerReadsFromDuplicateKeysIsWhatCounts
//	  UPDATE of a claim by every sort of write   TestChangingAClaimNeedsBind
//	  namespaces/status, namespaces/finalize     TestNamespaceSubresourcesDoNotBind
//	  patches of Namespaces, ownerReferences     TestBindingANamespaceNeedsBind, TestWhoMayClaimWhat
//	  another tenant's ServiceAccount            TestAnotherTenantsServiceAccountIsNoWayIn
//	Paths
//	  subresources; never pods/binding           TestARestrictedTenantMayNeverGrow, TestPodsAreScheduledAndRun
//	  growth in a dying object                   TestARestrictedTenantMayNeverGrow
//	  created suspended or empty, flipped later  TestEveryKindIsCovered, TestARestrictedTenantMayNeverGrow
//	  Pods that somebody says are made again     TestOnlyAControllerMakesPodsAgain
//	  generateName, empty namespace, versions    TestEveryKindIsCovered, TestTheNamespaceOfARequestCounts
//	  status of our own kinds                    TestTheStatusOfATenantDecidesNothing, TestTheStatusOfAnExemptionDecidesNothing
//	  edits of the webhook configuration         TestEditsOfTheConfigurationArePutBack
//	Shapes
//	  every built-in and known custom kind       TestEveryKindIsCovered
//	  managedBy another cluster                  TestEveryKindIsCovered
//	  unknown kinds with a template              TestClaimsAreRead, TestEveryKindIsCovered
//	Secrets
//	  data and stringData, marks put and taken   TestWhatMakesASecretAnAPIKey, TestWhoTakesTheMarkOffAnAPIKeyIsAskedToo, TestARestrictedTenantMayNeverGrow
//	  references, also through ServiceAccounts   TestAPIKeysOfOtherTenantsAreNotRead
//	  a Secret changes hands                     TestAPIKeysOfOtherTenantsAreNotRead
//	  content in logs, audit log and messages    TestNoByteOfASecretIsToldToAnybody
//	Engine
//	  a lookup error taken for "no match"        TestWhatCannotBeLookedUpIsUnavailable
//	  decode errors and panics                   webhook.TestWhatIsNoReviewIsRefused, webhook.TestAPanicOverTLSIsNeverAllowed
//	  expressions that fail                      TestWhichObjectsAPolicyCovers, webhook.TestPoliciesAreValidatedAsTheyAreCompiled
//	  unbounded bodies and objects               webhook.TestWhatIsNoReviewIsRefused, translate.TestAnObjectThatIsTooLargeToReadIsRefused
//	  a JSON reader that reads other keys        webhook.TestDecodingMatchesTheAPIServer
//	  restarts and rollouts                      TestARollingRestartLetsNothingIn
//	  addresses from users, redirects            TestRegistersAreValidated, TestAChainThroughSeveralRegistersIsFollowed
//	  links that lead out of the folder          TestRegistersThatCannotBeLoadedMakeNobodyClear
//	What must never be blocked
//	  deletion, scale-down, finalizers, status   TestARestrictedTenantMayAlwaysShrink, TestANamespaceOfARestrictedTenantCanGo
//	  bindings, evictions, node's status writes  TestPodsAreScheduledAndRun
//	  kube-system and the manager's own pods     TestSystemNamespacesAreNeverAskedAbout, TestWithoutAnyReplicaNothingGetsIn
//	  uninstalling                               TestUninstallingLeavesNothingThatBlocks
//	Installations
//	  a second one says no                       TestASecondInstallationSaysNo
//	  helm test asks what a new user would       TestHelmTestSaysWhetherItWorks
//	  the namespace was deleted first            TestTheNamespaceWasDeletedFirst
package integration
