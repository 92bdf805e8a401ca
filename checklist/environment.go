package checklist

import (
	"regexp"
	"slices"
	"strings"
)

// phrases are words to look for in a heading's slug, whole words between "-".
// One without a closing "-" matches words that begin so.
type phrases []string

func (p phrases) in(slug string) bool {
	for _, phrase := range p {
		if hasPhrase(slug, phrase) {
			return true
		}
	}
	return false
}

// hasPhrase says whether "-slug-" contains a phrase, without making that string.
func hasPhrase(slug, phrase string) bool {
	if strings.Contains(slug, phrase) {
		return true
	}
	bare, opens := strings.CutPrefix(phrase, "-")
	if opens && strings.HasPrefix(slug, bare) {
		return true
	}
	if !strings.HasSuffix(phrase, "-") {
		return false
	}
	return strings.HasSuffix(slug, phrase[:len(phrase)-1]) || opens && slug == bare[:len(bare)-1]
}

var (
	rollbackWords = phrases{"-rollback", "-roll-back", "-rolled-back-", "-rolling-back-", "-backout", "-back-out"}
	loadTests     = phrases{"-load-test", "-stress-test", "-soak-test", "-spike-test", "-endurance-test", "-capacity-test", "-volume-test"}
	loadShapes    = phrases{"-load-", "-stress-", "-soak-", "-spike-", "-endurance-", "-capacity-", "-volume-", "-peak-", "-sustained-", "-burst-", "-ramp-"}
	preProduction = phrases{"-pre-prod-", "-pre-production-", "-preprod-", "-preproduction-"}
	preparations  = phrases{"-check", "-verif", "-valid", "-review", "-read", "-prepar"}
	// rollbackToo matches a document's title that names rolling back beside
	// what the document is about: "Deployment and Rollback Plan".
	rollbackToo = regexp.MustCompile(`(?i)(?:&|\+|/|,|\band|\bwith|\bor)\s*(?:roll[ -]?back|back[ -]?out)`)
)

// environments, in the order in which they are looked for in a heading.
var environments = []struct {
	name  string
	words phrases
}{
	{"staging", phrases{"-staging-", "-stage-env", "-stg-"}},
	{"production", phrases{
		"-production-", "-prod-", "-post-deploy", "-postdeploy", "-post-release-", "-post-launch-", "-post-migration-",
		"-post-upgrade-", "-post-cutover-", "-go-live-", "-golive-", "-blue-green-", "-hypercare-",
	}},
	{"production", rollbackWords},
	{"uat", phrases{"-uat-", "-user-acceptance-"}},
	{"qa", phrases{"-qa-env"}},
	{"test", phrases{"-test-env"}},
	{"development", phrases{"-development-", "-dev-", "-local-env"}},
}

// environmentOf gives the environment a heading names, by its slug. Checks
// before production are no environment of their own.
func environmentOf(slug string) string {
	if preProduction.in(slug) {
		if preparations.in(slug) {
			return ""
		}
		return "staging"
	}
	for _, e := range environments {
		if e.words.in(slug) {
			return e.name
		}
	}
	return ""
}

// scope reads the innermost heading that names an environment, and the load
// test the headings are about. A load test runs where the section before it
// did.
func (p *placer) scope() (environment, test string) {
	isLoad := slices.ContainsFunc(p.open, func(h heading) bool { return h.level > 1 && h.loadTest })
	for _, h := range slices.Backward(p.open) {
		if h.level == 1 {
			break
		}
		if test == "" && isLoad && loadShapes.in(h.slug) {
			test = h.slug
		}
		if environment == "" {
			environment = h.environment
		}
	}
	if environment == "" && isLoad {
		environment = p.lastEnvironment
	}
	return environment, test
}
