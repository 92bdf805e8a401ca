package checklist

import (
	"strings"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// decision are the words in the label of a list of options, of which one is to be
// picked: below it ☐ is no task.
var decision = newWording(
	"recommendation", "decision", "outcome", "verdict", "assessment", "conclusion", "go/no-go", "go/nogo",
	"select one", "choose", "pick one", "tick one", "check one",
)

// choices reads lines with boxes to pick from, and lists of options.
func (d *document) choices() {
	for i := range d.lines {
		l := &d.lines[i]
		if l.use == leading && decision.in(l.label) {
			d.choiceList(i)
			continue
		}
		if l.use != free || l.Kind == markdown.Heading || l.Kind == markdown.Row {
			continue
		}
		own := l.box == signBox || l.box == oddBox && l.Kind == markdown.Text
		if !own && !l.hasBox() {
			continue
		}
		text := l.text
		if strings.Contains(l.Raw, "`") && !hasSignBox(text) && !hasBoxOutsideCode(l.Raw) {
			continue // `[x]` explains boxes
		}
		if own { // "☐ Yes ☐ No": the first box is one of them
			text = boxText(l.mark) + " " + text
		}
		c, ok := parseChoice(text)
		if !ok {
			continue
		}
		if own {
			l.box, l.use = noBox, option
		}
		if c.Label == "" {
			c.Label = d.lead(i)
		}
		c.Line, c.Section = l.No, d.sectionTitle(l)
		d.out.Choices = append(d.out.Choices, c)
	}
}

func boxText(mark rune) string {
	if mark == markDone || signState(mark) == Done {
		return "☒"
	}
	return "☐"
}

// lead is what the line at i stands under: the item it is nested in or the
// innermost heading.
func (d *document) lead(i int) string {
	l := &d.lines[i]
	if l.Parent >= 0 {
		return strings.TrimSuffix(d.lines[l.Parent].text, ":")
	}
	if n := len(l.place.headings); n > 0 {
		return l.place.headings[n-1]
	}
	return ""
}

// choiceList takes the list of ☐ items below the bold line at i for one choice.
func (d *document) choiceList(i int) {
	c := Choice{Line: d.lines[i].No, Section: d.sectionTitle(&d.lines[i]), Label: d.lines[i].label}
	end := i + 1
	for ; end < len(d.lines); end++ {
		l := &d.lines[end]
		if l.Kind == markdown.Heading || l.place != d.lines[i].place || l.box == noBox || l.box == gfmBox {
			break
		}
		c.Options = append(c.Options, l.text)
		if boxText(l.mark) == "☒" {
			c.Selected = append(c.Selected, l.text)
		}
	}
	if len(c.Options) < 2 {
		return
	}
	for j := i + 1; j < end; j++ {
		d.lines[j].use, d.lines[j].box = option, noBox
	}
	d.out.Choices = append(d.out.Choices, c)
}

// parseChoice reads `Impact: None ☐ Minor ☒`, `☐ Yes ☐ No` and
// `Rollback: Not Required ☐ | Executed ☐`. The box stands behind its option
// unless the first one stands before any.
func parseChoice(text string) (Choice, bool) {
	if !hasBox(text) {
		return Choice{}, false
	}
	first := boxesIn(text)[0].start
	if strings.Count(text[:first], "(") > strings.Count(text[:first], ")") {
		return Choice{}, false // an explanation of signs
	}
	var c Choice
	rest := text
	if label, after, ok := cutQuestion(text[:first]); ok {
		c.Label, rest = strings.TrimSpace(label), text[first-len(after):]
	}
	boxes := boxesIn(rest)
	if c.Label == "" && len(boxes) < 2 {
		return Choice{}, false
	}
	before := strings.Trim(rest[:boxes[0].start], optionTrim) == ""
	for i, b := range boxes {
		start, end := 0, b.start
		if i > 0 {
			start = boxes[i-1].end
		}
		if before {
			start, end = b.end, len(rest)
			if i+1 < len(boxes) {
				end = boxes[i+1].start
			}
		}
		option := optionText(rest[start:end], before)
		if option == "" {
			continue
		}
		c.Options = append(c.Options, option)
		if b.ticked {
			c.Selected = append(c.Selected, option)
		}
	}
	return c, len(c.Options) > 0
}

// cutQuestion splits what stands before the first box into what is asked and the
// option whose box stands behind it: "Impact: None", "All signed? Yes".
func cutQuestion(text string) (label, rest string, ok bool) {
	if label, rest, ok = cutColon(text); ok {
		return label, rest, true
	}
	if i := strings.LastIndexAny(text, "?？"); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[i:])
		return text[:i], text[i+n:], true
	}
	return "", text, false
}

// optionText is the option in what stands beside a box, without the remark that
// a bar parts from it: "NO | if not: stop" behind the box, "go on | NO" before.
func optionText(text string, before bool) string {
	text = strings.Trim(text, optionTrim)
	if before {
		text, _, _ = strings.Cut(text, "|")
	} else {
		text = text[strings.LastIndexByte(text, '|')+1:]
	}
	return strings.Trim(text, optionTrim)
}

const optionTrim = " \t|/,;·•\u00a0\uFE0F"

// boxAt is a box inside a line.
type boxAt struct {
	start, end int
	ticked     bool
}

// hasBox says whether a text has a box to tick in it.
func hasBox(text string) bool {
	return hasSignBox(text) || strings.IndexByte(text, '[') >= 0 &&
		(strings.Contains(text, "[ ]") || strings.Contains(text, "[x]") || strings.Contains(text, "[X]"))
}

// hasBoxOutsideCode says whether Markdown has a box to tick outside of code spans.
func hasBoxOutsideCode(raw string) bool {
	for i, part := range strings.Split(raw, "`") {
		if i%2 == 0 && hasBox(part) {
			return true
		}
	}
	return false
}

func boxesIn(text string) []boxAt {
	var out []boxAt
	for i, r := range text {
		switch {
		case r == '[' && i+2 < len(text) && text[i+2] == ']':
			if mark, ok := markOf(text[i+1 : i+2]); ok && (mark == markOpen || mark == markDone) {
				out = append(out, boxAt{i, i + 3, mark == markDone})
			}
		case r >= utf8.RuneSelf:
			if state := signState(r); state != "" {
				out = append(out, boxAt{i, i + utf8.RuneLen(r), state == Done})
			}
		}
	}
	return out
}
