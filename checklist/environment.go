package checklist

import (
	"regexp"
	"slices"
)

var (
	rollbackWords = newPhrases("-rollback", "-roll-back", "-rolled-back-", "-rolling-back-", "-backout", "-back-out")
	// rollbackElsewhere are the words of other languages. A document's title that
	// has one may name it beside what the document is about.
	rollbackElsewhere = newPhrases(
		"-retour-arrière-", "-retour-arriere-", "-reversión-", "-reversion-", "-plan-de-reversa-", "-vuelta-atrás-", "-reversão-", "-rücknahme-",
		"-zurückrollen-", "-rückfallplan-", "-откат", "-geri-alma-", "-geri-dönüş-", "回滚", "回滾", "回退", "ロールバック", "切り戻し", "롤백",
	)
	loadTests     = newPhrases("-load-test", "-stress-test", "-soak-test", "-spike-test", "-endurance-test", "-capacity-test", "-volume-test")
	loadShapes    = newPhrases("-load-", "-stress-", "-soak-", "-spike-", "-endurance-", "-capacity-", "-volume-", "-peak-", "-sustained-", "-burst-", "-ramp-")
	preProduction = newPhrases("-pre-prod-", "-pre-production-", "-preprod-", "-preproduction-")
	preparations  = newPhrases("-check", "-verif", "-valid", "-review", "-read", "-prepar")
	// rollbackToo matches a document's title that names rolling back beside
	// what the document is about: "Deployment and Rollback Plan".
	rollbackToo = regexp.MustCompile(`(?i)(?:&|\+|/|,|\band|\bwith|\bor)\s*(?:roll[ -]?back|back[ -]?out)`)
)

// tellingWords are the words of all that a heading may be about: most are about
// nothing of it.
var tellingWords = union(rollbackWords, rollbackElsewhere, approving, conditionalHeading, loadTests, preProduction, environmentWords())

// environments, in the order in which they are looked for in a heading.
var environments = []struct {
	name  string
	words phrases
}{
	{"staging", newPhrases("-staging-", "-stage-env", "-stg-")},
	{"production", newPhrases(
		"-production-", "-prod-", "-post-deploy", "-postdeploy", "-post-release-", "-post-launch-", "-post-migration-",
		"-post-upgrade-", "-post-cutover-", "-go-live-", "-golive-", "-blue-green-", "-hypercare-",
		"-produktion-", "-produktivumgebung-", "-en-producción-", "-en-produccion-", "-entorno-de-producción-", "-em-produção-",
		"-ambiente-de-produção-", "-in-produzione-", "-продакшен-", "-продакшн-", "生产环境", "生產環境", "本番環境", "프로덕션",
	)},
	{"production", rollbackWords},
	{"production", rollbackElsewhere},
	{"uat", newPhrases("-uat-", "-user-acceptance-")},
	{"qa", newPhrases("-qa-env")},
	{"test", newPhrases("-test-env")},
	{"development", newPhrases("-development-", "-dev-", "-local-env")},
}

func environmentWords() phrases {
	var all phrases
	for _, e := range environments {
		all = union(all, e.words)
	}
	return all
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
	for i := range environments {
		e := &environments[i]
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
