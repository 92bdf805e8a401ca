package alerts_test

import (
	"slices"
	"testing"
)

// scenarios are all of them, by what they are about.
func scenarios(t *testing.T) []scenario {
	t.Helper()
	return slices.Concat(
		errorRatios(t),
		lostScrapes(t),
		littleTraffic(t),
		candidateFates(t),
		independence(t),
		declarations(t),
		honesty(t),
		comparisons(t),
		buckets(t),
		stages(t),
		places(t),
		neighbours(t),
		targets(t),
		ownQueries(t),
		smokeTests(t),
		intervals(t),
		instrumentations(t),
		runs(t),
	)
}

// TestScenarios plays every scenario: what fires, when, and when it clears.
func TestScenarios(t *testing.T) { play(t, scenarios(t)) }
