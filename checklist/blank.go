package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

var (
	// blankRun is a blank: three and more underscores, dates (__/__/____)
	// included, with what was written between two of them. Formatters turn
	// blanks into stars and underscores: ****_****.
	blankRun = regexp.MustCompile(`\**_{3,}\**(?:[^_*\s]+_{2,}\**)?(?:/_{2,})*|_{2,}/_{2,}(?:/_{2,})*|\*{2,}_+\*{2,}`)
	// blankUnit is what may stand behind a blank as its unit.
	blankUnit = regexp.MustCompile(`^\s?(%|°C|[€$£]|[A-Za-zµ]+(?:/[A-Za-z]+)?)(?:[\s,;)(]|$)`)
	// filledBlank is a line whose blank was filled: a label, a number, perhaps
	// a unit, a few words and a remark.
	filledBlank = regexp.MustCompile(`^([^:]{1,60}):\s+([~≈+−-]?\d[\d.,:/-]*)\s?(%|°C|[A-Za-zµ]+(?:/[A-Za-z]+)?)?((?:\s[\pL-]+){0,3})\s*(?:\([^()]*\))?$`)
	// filledTarget is the same with any words as the value, where a target
	// behind it shows that a value belongs there.
	filledTarget = regexp.MustCompile(`(?i)^([^:]{1,60}):\s+([^<>≤≥()]{1,80}?)\s*(%|°C|[A-Za-zµ]+/[A-Za-z]+|[mµ]?s|[KMG]i?B)?\s*\((?:target|goal|expected|limit|baseline)\b[^()]*\)$`)
)

// unitWords are words that stand behind a number without being a unit.
var unitWords = regexp.MustCompile(`(?i)^(?:and|or|of|to|by|at|on|in|date|from|until|per|for|the|if|is|was)$`)

// blanks reads the places to fill in, filled or not.
func (d *document) blanks() {
	forms := d.forms()
	for i := range d.lines {
		l := &d.lines[i]
		if l.use == meta && l.place.section >= 0 || l.use == option || l.Kind == markdown.Heading {
			continue
		}
		if l.has(hasBlank) {
			if spots := blankRun.FindAllStringIndex(l.text, -1); spots != nil {
				d.openBlanks(i, spots)
				continue
			}
		}
		if l.Kind == markdown.Item && l.has(hasColon) && strings.Contains(l.text, ": ") && forms[l.place.section] {
			d.filledBlank(l)
		}
	}
}

// forms says which sections have something to fill in. Only there is a line
// with a number a blank that somebody filled; elsewhere it is a statement.
func (d *document) forms() map[int]bool {
	forms := map[int]bool{}
	for i := range d.lines {
		if l := &d.lines[i]; !forms[l.place.section] && (l.has(hasBlank) && strings.Contains(l.text, "___") || l.hasBox() || l.isSignOff()) {
			forms[l.place.section] = true
		}
	}
	return forms
}

// openBlanks notes the blanks of a line at the given places.
func (d *document) openBlanks(i int, spots [][]int) {
	l := &d.lines[i]
	from := 0
	for _, spot := range spots {
		label := strings.Trim(l.text[from:spot[0]], " \t,;|(*/")
		if k := strings.LastIndexAny(label, "(|,;"); k >= 0 && !strings.Contains(label[k:], ")") {
			label = strings.TrimSpace(label[k+1:])
		}
		label = strings.TrimSpace(strings.TrimSuffix(label, ":"))
		if k := strings.LastIndex(label, ": "); k >= 0 { // behind another label and its value
			label = strings.TrimLeft(label[k+2:], digits+":.,/% ")
		}
		b := Blank{Line: l.No, Task: d.taskID(l), Section: d.sectionTitle(l), Label: label, Value: filled(l.text[spot[0]:spot[1]])}
		from = spot[1]
		if m := blankUnit.FindStringSubmatchIndex(l.text[spot[1]:]); m != nil {
			if unit := l.text[spot[1]+m[2] : spot[1]+m[3]]; !unitWords.MatchString(unit) {
				b.Unit = unit
				from = spot[1] + m[3]
			}
		}
		if b.Label == "" && len(spots) == 1 {
			if b.Label = d.lead(i); l.Kind == markdown.Text && l.text == l.text[spot[0]:spot[1]] {
				continue // a line of underscores: room for notes
			}
		}
		d.out.Blanks = append(d.out.Blanks, b)
	}
}

// emptied gives a line with its blank as it was before somebody filled it:
// "Throughput: 1,204 req/sec (target: >1,150)" demands what it demanded empty.
func emptied(text string) string {
	if !targetBehind(text) {
		return text
	}
	m := filledTarget.FindStringSubmatchIndex(text)
	if m == nil {
		return text
	}
	value := text[m[4]:m[5]]
	first, _, _ := strings.Cut(value, " ")
	return text[:m[4]] + "_______" + text[m[4]+len(first):]
}

// targetBehind is the cheap question before filledTarget: whether a text ends in
// parentheses that begin with one of its words.
func targetBehind(text string) bool {
	if !strings.HasSuffix(text, ")") || strings.IndexByte(text, ':') < 0 {
		return false
	}
	switch open := strings.LastIndexByte(text, '('); text[open+1] | 0x20 {
	case 't', 'g', 'e', 'l', 'b':
		return open > 0
	}
	return false
}

// filledBlank notes a line whose blank somebody filled.
func (d *document) filledBlank(l *line) {
	b := Blank{Line: l.No, Task: d.taskID(l), Section: d.sectionTitle(l)}
	if m := filledBlank.FindStringSubmatch(l.text); m != nil {
		b.Label, b.Value, b.Unit = m[1], m[2], m[3]
	} else if !targetBehind(l.text) {
		return
	} else if m := filledTarget.FindStringSubmatch(l.text); m != nil {
		b.Label, b.Value, b.Unit = m[1], m[2], m[3]
	} else {
		return
	}
	b.Label = strings.TrimSpace(b.Label)
	if demandLabel.MatchString(b.Label) || isStage(l.text) {
		return
	}
	if unitWords.MatchString(b.Unit) {
		b.Unit = ""
	}
	d.out.Blanks = append(d.out.Blanks, b)
}
