package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	windowWord = regexp.MustCompile(`(?i)\b(?:deploy(?:ment)?|maintenance|change|release|cut-?over|migration|roll-?out|upgrade|service)[ -]window\b|^window\s*:|\bwartungsfenster\b`)
	// windowField are the labels of windows in other languages.
	windowField = newPhrases(
		"-ventana-de-", "-fenêtre-de-", "-janela-de-", "-finestra-di-", "-окно-", "维护窗口", "變更窗口", "变更窗口", "維護窗口", "メンテナンスウィンドウ", "점검-시간",
	)
	clockRange = regexp.MustCompile(`(?i)\b(\d{1,2})(?::([0-5]\d))?\s?([ap])?\.?m?\.?(?:\s+(?:UTC|GMT|[A-Z]{2,4}T))?\s*(?:-|–|—|→|to|until|bis|à|a|até)\s*` +
		`(?:(20\d\d-\d\d-\d\d|[A-Za-z]{3,9}),?\s+)?(\d{1,2})(?::([0-5]\d))?\s?([ap])?\.?m?\b`)
	// windowLength matches what stands between a window's name and its length.
	windowLength = regexp.MustCompile(`(?i)^(?:\s*\([^()]*\))?[\s|:=–—-]*(?:(?:of|is|lasts|length|duration|max|maximum|total|approx|about|ca|up to|~|≈|≤|<)[\s.:]*)*$`)
	// notice matches a time that isn't a window's length: "2 days before".
	notice = regexp.MustCompile(`(?i)^\d[\d.]*(?:\s?[-–]\s?\d+)?[\s-]?\pL+\s+(?:before|ahead|prior|in advance|notice|earlier|later|after|vorher)\b`)
	// lengthBefore matches a time that ends right before a window's name.
	lengthBefore = regexp.MustCompile(`\d[\d.]*[\s-]?\pL+[\s-]*$`)
)

// checkStages warns of stages that shrink, and of holds that together are
// longer than the window the document names.
func (d *document) checkStages() {
	stages := d.out.Stages
	if len(stages) == 0 {
		return
	}
	var sum time.Duration
	for i, s := range stages {
		sum += s.Hold
		if i > 0 && s.Ratio < stages[i-1].Ratio {
			d.out.warn(s.Line, "the stage %s follows %s on line %d, a larger one", s.Name, stages[i-1].Name, stages[i-1].Line)
		}
	}
	for _, f := range d.out.Fields {
		if windowField.in(slug(f.Label)) {
			d.checkWindow(f.Line, windowIn(f.Value), sum)
		}
	}
	for i := range d.lines {
		l := &d.lines[i]
		if !l.has(hasWindow) {
			continue
		}
		if at := windowWord.FindStringIndex(l.text); at != nil {
			d.checkWindow(l.No, windowAt(l.text, at), sum)
		}
	}
}

// checkWindow warns where the holds don't fit into a window.
func (d *document) checkWindow(line int, window, sum time.Duration) {
	if window > 0 && sum > window {
		d.out.warn(line, "the stages from line %d on hold for %s in all, longer than this window of %s",
			d.out.Stages[0].Line, spell(sum), spell(window))
	}
}

// windowAt reads how long the window is that is named at a place in a text: what
// else the text says, such as how long before to announce it, is no length.
func windowAt(text string, at []int) time.Duration {
	if at[1] > at[0] && text[at[1]-1] == ':' {
		return windowIn(text[at[1]:])
	}
	if w := clocks(text[at[1]:]); w > 0 {
		return w
	}
	after := text[at[1]:]
	if n := strings.IndexAny(after, digits); n >= 0 && windowLength.MatchString(after[:n]) && !notice.MatchString(after[n:]) {
		if _, rest := cutNumber(after[n:]); unitBehind(rest) > 0 {
			return parseDuration(after[n:])
		}
	}
	return parseDuration(lengthBefore.FindString(text[:at[0]])) // "2-hour maintenance window"
}

// spell writes a duration without its empty end: 3h, 1h30m.
func spell(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "m0s")
	if s != d.String() {
		s = strings.TrimSuffix(s+"m", "h0m")
		if !strings.HasSuffix(s, "m") {
			s += "h"
		}
	}
	return s
}

// windowIn reads how long a window is: "2 hours", "22:00-00:30".
func windowIn(text string) time.Duration {
	if w := clocks(text); w > 0 {
		return w
	}
	return parseDuration(text)
}

// clocks reads the time between two times of day: "22:00-00:30", "2 AM to 4 AM",
// "2026-03-01 22:00 to 2026-03-02 02:00"; 0 for none.
func clocks(text string) time.Duration {
	for _, m := range clockRange.FindAllStringSubmatchIndex(text, -1) {
		if w := between(text, m); w > 0 {
			return w
		}
	}
	return 0
}

// between reads a match of clockRange; 0 where it is of no times of day, as in
// "2-4".
func between(text string, m []int) time.Duration {
	part := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	if part(2)+part(3) == "" && part(6)+part(7) == "" {
		return 0
	}
	half := part(3)
	if half == "" {
		half = part(7) // "2:00-4:00 AM"
	}
	from, to := clock(part(1), part(2), half), clock(part(5), part(6), part(7))
	if first, ok := parseDate(text[:m[0]]); ok {
		if last, ok := parseDate(part(4)); ok {
			return last.Sub(first) + to - from
		}
	}
	if to <= from {
		to += 24 * time.Hour
	}
	return to - from
}

// clock is the time since midnight.
func clock(hour, minute, half string) time.Duration {
	h, _ := strconv.Atoi(hour) // the expression lets only digits through
	m, _ := strconv.Atoi(minute)
	switch {
	case strings.EqualFold(half, "p") && h < 12:
		h += 12
	case strings.EqualFold(half, "a") && h == 12:
		h = 0
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}
