package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

var (
	// blankUnit is what may stand behind a blank as its unit.
	blankUnit = regexp.MustCompile(`^\s?(%|°C|[€$£]|[A-Za-zµ]+(?:/[A-Za-z]+)?)(?:[\s,;)(]|$)`)
	// filledBlank is a line whose blank was filled: a label, a number, perhaps
	// a unit, a few words and a remark.
	filledBlank = regexp.MustCompile(`^([^:]{1,60}):\s+([~≈+−-]?\d(?:[\d.,:/-]*\d)?)\s?(%|°C|[A-Za-zµ]+(?:/[A-Za-z]+)?)?((?:\s[\pL-]+){0,3})\s*(?:\([^()]*\))?$`)
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
		if l.use == meta && l.place.section >= 0 && l.Kind != markdown.Heading || l.use == option && l.Kind != markdown.Row {
			continue
		}
		if l.has(hasBlank) && l.Kind == markdown.Row {
			d.rowBlanks(l)
			continue
		}
		if l.has(hasBlank) {
			if spots := blankRuns(l.text); spots != nil {
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
		l := &d.lines[i]
		if !l.has(hasBlank | hasTick | hasSign | hasApproved) {
			continue
		}
		if l.has(hasBlank) && strings.Contains(l.text, "___") || l.hasBox() || l.isSignOff() {
			forms[l.place.section] = true
		}
	}
	return forms
}

// openBlanks notes the blanks of a line at the given places.
func (d *document) openBlanks(i int, spots [][2]int) {
	l := &d.lines[i]
	lead := ""
	if len(spots) == 1 {
		if l.Kind == markdown.Text && len(l.text) == spots[0][1]-spots[0][0] {
			return // a line of underscores: room for notes
		}
		lead = d.lead(i)
	}
	d.addBlanks(l, l.text, spots, lead)
}

// rowBlanks notes the blanks of a table's row. What they are for is said by the
// cell, or by the row and the column.
func (d *document) rowBlanks(l *line) {
	titles := d.head(l).titles
	for c, cell := range l.Cols.Plain() {
		spots := blankRuns(cell)
		if spots == nil {
			continue
		}
		lead := l.name
		if title := titles[c]; lead == "" || len(titles) > 2 && title != "" {
			lead = strings.TrimPrefix(lead+", "+title, ", ")
		}
		d.addBlanks(l, cell, spots, lead)
	}
}

// addBlanks adds the blanks of a text at the given places. Those without a label
// of their own are labelled by what they stand under.
func (d *document) addBlanks(l *line, text string, spots [][2]int, lead string) {
	from := 0
	for _, spot := range spots {
		label := strings.Trim(text[from:spot[0]], " \t,;|(*/·•：")
		if strings.HasSuffix(label, "-") { // of a number with a prefix: "Ticket: CHG-____"
			label = strings.TrimSpace(label[:strings.LastIndexAny(label, " :")+1])
		}
		if k := strings.LastIndexAny(label, "(|,;"); k >= 0 && !strings.Contains(label[k:], ")") {
			label = strings.TrimSpace(label[k+1:])
		}
		label = strings.TrimSpace(trimColon(label))
		if k := strings.LastIndex(label, ": "); k >= 0 { // behind another label and its value
			label = strings.TrimLeft(label[k+2:], digits+":.,/%·•| ")
		}
		b := Blank{Line: l.No, Task: d.taskID(l), Section: d.sectionTitle(l), Label: label, Value: filled(text[spot[0]:spot[1]])}
		from = spot[1]
		if m := blankUnit.FindStringSubmatchIndex(text[spot[1]:]); m != nil {
			if unit := text[spot[1]+m[2] : spot[1]+m[3]]; !unitWords.MatchString(unit) {
				b.Unit = unit
				from = spot[1] + m[3]
			}
		}
		if b.Label == "" {
			b.Label = lead
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

// filledNumber matches filledBlank where a number stands behind the first colon.
func (d *document) filledNumber(l *line) []string {
	_, value, _ := strings.Cut(l.text, ":")
	if !l.has(hasDigit) || !isNumber(strings.TrimLeft(value, blankSpace)) {
		return nil
	}
	return filledBlank.FindStringSubmatch(l.text)
}

// filledBlank notes a line whose blank somebody filled.
func (d *document) filledBlank(l *line) {
	b := Blank{Line: l.No, Task: d.taskID(l), Section: d.sectionTitle(l)}
	if m := d.filledNumber(l); m != nil {
		b.Label, b.Value, b.Unit = m[1], m[2], m[3]
	} else if !targetBehind(l.text) {
		return
	} else if m := filledTarget.FindStringSubmatch(l.text); m != nil {
		b.Label, b.Value, b.Unit = m[1], m[2], m[3]
	} else {
		return
	}
	b.Label = strings.TrimSpace(b.Label)
	if isDemandLabel(b.Label) || isStage(l.text) {
		return
	}
	if unitWords.MatchString(b.Unit) {
		b.Unit = ""
	}
	d.out.Blanks = append(d.out.Blanks, b)
}

// blankRuns finds the blanks of a text: three and more underscores, dates
// (__/__/____) included, with what was written between two of them. Formatters
// turn blanks into stars and underscores: ****_****.
func blankRuns(text string) [][2]int {
	var spots [][2]int
	for i := 0; i < len(text); {
		if text[i] != '_' && text[i] != '*' {
			i++
			continue
		}
		if end := blankEnd(text, i); end > 0 {
			spots = append(spots, [2]int{i, end})
			i = end
			continue
		}
		i += runOf(text[i:], text[i]) // no blank begins inside of a run that is none
	}
	return spots
}

// hasBlankRun says whether a text has a blank.
func hasBlankRun(text string) bool {
	return strings.IndexByte(text, '_') >= 0 && blankRuns(text) != nil
}

// blankEnd is where the blank ends that begins at i; 0 for none.
func blankEnd(text string, i int) int {
	stars := runOf(text[i:], '*')
	lines := runOf(text[i+stars:], '_')
	end := i + stars + lines
	switch {
	case lines >= 3:
		end += runOf(text[end:], '*')
		if written := written(text[end:]); written > 0 {
			end += written
		}
		return dateEnd(text, end)
	case lines == 2 && stars == 0 && runOf(text[end+min(1, len(text)-end):], '_') >= 2 && text[end] == '/':
		return dateEnd(text, end)
	case stars >= 2 && lines >= 1:
		if closing := runOf(text[end:], '*'); closing >= 2 {
			return end + closing
		}
	}
	return 0
}

// written is the length of what was written on a blank, up to the end of the
// blank that is left; 0 for nothing.
func written(text string) int {
	n := strings.IndexAny(text, "_*\t\n\f\r ")
	if n <= 0 {
		return 0
	}
	rest := runOf(text[n:], '_')
	if rest < 2 {
		return 0
	}
	return n + rest + runOf(text[n+rest:], '*')
}

// dateEnd goes over the rest of a date to fill in, "/__/____".
func dateEnd(text string, end int) int {
	for end < len(text) && text[end] == '/' {
		n := runOf(text[end+1:], '_')
		if n < 2 {
			break
		}
		end += 1 + n
	}
	return end
}

// runOf is how many of a character a text begins with.
func runOf(text string, char byte) int {
	n := 0
	for n < len(text) && text[n] == char {
		n++
	}
	return n
}
