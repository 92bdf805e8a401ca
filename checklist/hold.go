package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	// watching are the words by which a line says that people watch.
	watching = newWording(
		"monitor*", "hold*", "soak*", "bake", "baking", "wait*", "observ*", "watch*", "stabili*", "stable", "duration", "dwell", "pause",
	)
	// lasting are weaker words: they count where nothing better is said.
	lasting = newWording("for", "verif*", "stay", "run", "min", "minimum", "at least")
	// deadline matches a duration that limits how long something may take.
	deadline = regexp.MustCompile(`(?i)\b(?:within|under|less than|in|every|after|before)\s+[~<]?\d|<\s?\d`)
	perStage = regexp.MustCompile(`(?i)\b(?:per|each|every|between|after each)\s+(?:\w+\s+)?(?:stages?|steps?|waves?|phases?|increments?|ramps?|levels?)\b`)
)

// parseDuration reads the first duration in a text: "15 minutes", "2+ hours",
// of a range the shorter end. 0 for none.
func parseDuration(text string) time.Duration {
	for i := 0; i < len(text); {
		number, rest := cutNumber(text[i:])
		if number == "" {
			i++
			continue
		}
		if unit := unitBehind(rest); unit > 0 {
			n, err := strconv.ParseFloat(number, 64)
			if err != nil || n > 1e5 {
				return 0
			}
			return time.Duration(n * float64(unit))
		}
		for i < len(text) && (text[i] == '.' || '0' <= text[i] && text[i] <= '9') {
			i++ // a version has several points
		}
	}
	return 0
}

// timeUnits are the units of durations, in lower case.
var timeUnits = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute, "minuto": time.Minute, "minutos": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"w": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

// unitBehind is the unit that a text behind a number begins with, perhaps behind the
// end of a range and a sign: "+ hours", "-20 minutes", "-minute". 0 for none.
func unitBehind(text string) time.Duration {
	text = trimOne(text, blankSpace)
	if to := trimOne(text, "-–"); to != text {
		if end, rest := cutNumber(trimOne(to, blankSpace)); end != "" {
			text = trimOne(rest, blankSpace)
		}
	}
	text = trimOne(trimOne(text, "+"), " -")
	n := 0
	for n < len(text) && isWordByte(text[n]) {
		n++
	}
	const longest = len("minutes")
	if n > longest {
		return 0
	}
	return timeUnits[strings.ToLower(text[:n])]
}

// trimOne cuts one of the signs off the head of a text.
func trimOne(text, signs string) string {
	r, n := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune(signs, r) {
		return text[n:]
	}
	return text
}

// cutNumber cuts a decimal number off the head of a text.
func cutNumber(text string) (number, rest string) {
	n := countDigits(text)
	if n == 0 {
		return "", text
	}
	if decimals := n + 1; n < len(text) && text[n] == '.' && countDigits(text[decimals:]) > 0 {
		n = decimals + countDigits(text[decimals:])
	}
	return text[:n], text[n:]
}

func countDigits(text string) int { return len(text) - len(strings.TrimLeft(text, digits)) }

// stageLineHold reads the hold from the line of a stage itself, where any
// duration is one unless it limits the shifting and no word says that people
// watch.
func stageLineHold(text string) time.Duration {
	h := parseDuration(text)
	if h > 0 && !watching.in(text) && deadline.MatchString(text) {
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
