package checklist

import (
	"regexp"
	"strings"
	"time"
)

var (
	// watching are the words by which a line says that people watch.
	watching = newWording(
		"monitor*", "hold*", "soak*", "bake", "baking", "wait*", "observ*", "watch*", "stabili*", "stable", "duration", "dwell", "pause",
		"überwach*", "beobacht*", "warten", "dauer", "surveill*", "attendre", "durée", "espera*", "aguard*", "duración", "duração",
		"наблюд*", "мониторинг", "观察", "觀察", "监控", "監控", "監視", "稳定", "穩定", "모니터링", "관찰",
	)
	// lasting are weaker words: they count where nothing better is said.
	lasting = newWording("for", "verif*", "stay", "run", "min", "minimum", "at least")
	// deadlines matches a duration that limits how long something may take, and
	// begins with a word of limits or a sign.
	deadlines = regexp.MustCompile(`(?i)\b(?:within|under|less than|in|every|after|before)\s+[~<]?\d|<\s?\d`)
	limits    = newWording("within", "under", "less than", "in", "every", "after", "before")
	// perStages matches what says that a duration is each stage's, and begins with a
	// word of shares.
	perStages = regexp.MustCompile(`(?i)\b(?:per|each|every|between|after each)\s+(?:\w+\s+)?(?:stages?|steps?|waves?|phases?|increments?|ramps?|levels?)\b`)
	shares    = newWording("per", "each", "every", "between", "after each")
)

// hasDeadline says whether a duration in a text limits how long something may take.
func hasDeadline(text string) bool {
	return (strings.IndexByte(text, '<') >= 0 || limits.in(text)) && deadlines.MatchString(text)
}

// isPerStage says whether a duration in a text is each stage's.
func isPerStage(text string) bool { return shares.in(text) && perStages.MatchString(text) }

// stageLineHold reads the hold from the line of a stage itself, where any
// duration is one unless it limits the shifting and no word says that people
// watch.
func stageLineHold(text string) time.Duration {
	h := parseDuration(text)
	if h > 0 && !watching.in(text) && hasDeadline(text) {
		return 0
	}
	return h
}

// hold looks for how long to watch after the stage at line i: in the line, in
// what is nested below it, in the items behind it up to the next stage.
func (d *document) hold(i int) time.Duration {
	if h := stageLineHold(d.lines[i].text); h > 0 {
		return h
	}
	nested := i + 1
	for nested < len(d.lines) && d.nestedIn(nested, i) {
		nested++
	}
	if h := d.holdBetween(i+1, nested); h > 0 {
		return h
	}
	end := nested
	for end < len(d.lines) && d.lines[end].List == d.lines[i].List && d.lines[i].List != 0 && !isStage(d.lines[end].text) {
		end++
	}
	for j := nested; j < end; j++ {
		if h := d.holdOf(j, &watching); h > 0 {
			return h
		}
	}
	return 0
}

// holdOf is the hold that line i says with one of the words given; the line is
// then understood.
func (d *document) holdOf(i int, words *wording) time.Duration {
	l := &d.lines[i]
	if !l.has(hasDigit) || !words.in(l.text) {
		return 0
	}
	h := parseDuration(l.text)
	if h > 0 && words == &lasting && hasDeadline(l.text) {
		return 0
	}
	l.holds = l.holds || h > 0
	return h
}

// holdBetween looks for a hold in a stretch of lines, first for one with a word
// that says so.
func (d *document) holdBetween(from, to int) time.Duration {
	for _, words := range []*wording{&watching, &lasting} {
		for j := from; j < to; j++ {
			if h := d.holdOf(j, words); h > 0 {
				return h
			}
		}
	}
	return 0
}

// nestedIn says whether line j is nested in item i.
func (d *document) nestedIn(j, i int) bool {
	for p := d.lines[j].Parent; p >= i; p = d.lines[p].Parent {
		if p == i {
			return true
		}
	}
	return false
}
