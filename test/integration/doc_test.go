package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheTablesNameTestsThatExist holds doc.go to the truth.
func TestTheTablesNameTestsThatExist(t *testing.T) {
	declared := map[string]bool{}
	for prefix, folder := range map[string]string{"": ".", "webhook.": "../../webhook", "translate.": "../../internal/translate"} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range regexp.MustCompile(`(?m)^func (Test\w+)\(t `).FindAllStringSubmatch(string(text), -1) {
				declared[prefix+match[1]] = true
			}
		}
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, name := range regexp.MustCompile(`[a-z.]*Test\w+`).FindAllString(string(doc), -1) {
		named[name] = true
		if !declared[name] {
			t.Errorf("doc.go names %s, which does not exist", name)
		}
	}
	exempt := "TestTheTablesNameTestsThatExist TestKubernetesOwnControllersMayCopyClaims TestAChangeOfOwnershipIsFollowedWithoutARestart"
	for name := range declared {
		if !strings.Contains(name, ".") && !named[name] && !strings.Contains(exempt, name) {
			t.Errorf("doc.go does not say what %s is about", name)
		}
	}
}
