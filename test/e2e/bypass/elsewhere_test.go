package bypass

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// elsewhere are the tests, here or in other packages, of what is no single request: by
// number, as in the list of ways around.
var elsewhere = map[string][]string{
	"11": {"TestEditsOfTheConfigurationArePutBack", "TestTheStatusOfATenantDecidesNothing", "TestOnlyTheApproverGrantsExemptions"},
	"12": {"TestANodeShowsWhatItRuns", "TestTheAuditFindsWhatAdmissionCouldNot"},
	"13": {"TestTheAuditFindsWhatAdmissionCouldNot"},
	"14": {"TestTheWebhookIsAskedNoMoreThanItMust"},                                  // CONNECT is for RBAC
	"22": {"TestWhatAServiceAccountLetsAWorkloadUse", "TestNothingElseIsAskedAbout"}, // tokens are for RBAC
	"24": {"TestNoByteOfASecretIsToldToAnybody"},
	"25": {"TestWhatCannotBeLookedUpIsUnavailable", "TestAPanicOverTLSIsNeverAllowed", "TestWhatIsNoReviewIsRefused"},
	"26": {"TestAnExemptionIsForOneTenantAndOnePolicy", "TestAnExemptionExpiresAtTheSecondOnEveryReplica", "TestExemptionsDoNotCombine", "TestOnlyTheApproverGrantsExemptions"},
	"27": {"TestPoliciesAreValidatedAsTheyAreCompiled"},
	"28": {"TestForbiddenAddresses", "TestTheAddressThatIsDialledIsWhatCounts", "TestDownloadsAreRefused"},
	"29": {"TestALargeObjectCanGo", "TestTheStoreIsBounded", "TestReviewsWaitForRoom", "TestClaimsAreBounded"},
	"30": {"TestDecodingMatchesTheAPIServer"},
	"31": {"TestOnlyAnAPIServerWithACertificateIsAnswered", "TestOnlyAnAPIServerWithATokenIsAnswered"},
	"32": {"TestARollingRestartLetsNothingIn", "TestANewCAIsTrustedBeforeItIsUsed", "TestThereIsNoMomentWithoutATrustedCertificate"},
	"33": {"TestWhatMustNeverBeBlocked", "TestInAFullOutage", "TestUninstallingLeavesNothingThatBlocks"},
	"A":  {"TestInAFullOutage", "TestWhatIsNotAskedAboutIsNoGrowth"},
	"B":  {"TestAReplicaThatIsCutOffIsNoWay"},
	"D":  {"TestADrainEnds"},
	"E":  {"TestASecretThatIsAwaitedIsFound"},
	"G":  {"TestAKindThatHoldsPodsIsCoveredWhenItAppears", "TestAClaimIsFoundWhereverASchemaAllowsAnnotations"},
	"H":  {"TestALargeObjectCanGo"},
	"J":  {"TestOnlyAnAPIServerWithACertificateIsAnswered", "TestOnlyAnAPIServerWithATokenIsAnswered", "TestAShortRefusalTellsNothingOfOwners"},
	"I":  {"TestAHoleInTheConfigurationIsClosedWithoutALeader", "TestWhatCameInThroughAHoleIsFoundAtOnce"},
}

var declares = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

func TestEveryNumberHasATest(t *testing.T) {
	there := map[string]bool{}
	err := filepath.WalkDir("../../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range declares.FindAllSubmatch(text, -1) {
			there[string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, a := range attacks {
		tried[a.id] = true
	}
	for id, tests := range elsewhere {
		for _, test := range tests {
			if !there[test] {
				t.Errorf("%s: there is no %s", id, test)
			}
		}
	}
	var all []string
	for n := 1; n <= 33; n++ {
		all = append(all, fmt.Sprint(n))
	}
	for letter := 'A'; letter <= 'J'; letter++ {
		all = append(all, string(letter))
	}
	for _, id := range all {
		if !tried[id] && len(elsewhere[id]) == 0 {
			t.Errorf("%s: nothing tries it", id)
		}
	}
}
