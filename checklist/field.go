package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// fields reads the `**Project:** …` lines above the first section.
func (d *document) fields() {
	for i := range d.lines {
		l := &d.lines[i]
		if l.place.section >= 0 {
			return
		}
		if l.use != free || l.box != noBox || l.bold != labelled || isSignOffLabel(l.label) {
			continue
		}
		parts := labelledParts(l.Raw)
		if parts == nil {
			parts = []boldText{*l.boldText}
		}
		filled := false
		for _, part := range parts {
			if isEmptied(part.value) {
				part.value = ""
			}
			filled = filled || part.value != ""
			d.out.Fields = append(d.out.Fields, Field{Line: l.No, Label: part.label, Value: part.value})
		}
		if filled {
			l.use = meta
		}
	}
}

// isEmptied says whether a value is a blank and nothing else.
func isEmptied(value string) bool {
	return hasBlankRun(value) && strings.Trim(value, "_ ") == ""
}

var statusLabel = regexp.MustCompile(`(?i)^(?:current |overall |section )?status$`)

// statuses reads the sections' `**Status:**` lines. One that stands right
// below the section's heading speaks for the section; otherwise the last one
// does. A line of alternatives is a template that nobody filled in.
func (d *document) statuses() {
	direct := make([]bool, len(d.out.Sections))
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free || l.box != noBox || l.Kind == markdown.Row || l.place.section < 0 || !l.has(hasStatus) {
			continue
		}
		label, value := l.label, l.value
		if l.bold == notBold {
			label, value, _ = cutColon(l.text)
		}
		if !statusLabel.MatchString(label) || hasBox(undecoratedHead(value)) {
			continue // "Not Required ☐ | Executed ☐" is a choice
		}
		l.use = meta
		value = undecorated(value)
		if strings.Contains(value, "|") || hasBlankRun(value) || direct[l.place.section] {
			continue
		}
		direct[l.place.section] = l.place.group == "" && len(d.section(l).Groups) > 0 && l.No < d.section(l).Groups[0].Line
		d.section(l).Status = value
	}
}

// undecoratedHead gives a text without one sign at its head: "⬜ Not started" is
// a status, not a box to tick.
func undecoratedHead(s string) string { return cutSign(s).rest }
