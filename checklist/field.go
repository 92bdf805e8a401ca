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
		if l.use != free || l.box != noBox || l.bold != labelled || signOffLabel.MatchString(l.label) {
			continue
		}
		value := l.value
		if blankRun.MatchString(value) && strings.Trim(value, "_ ") == "" {
			value = ""
		} else {
			l.use = meta
		}
		d.out.Fields = append(d.out.Fields, Field{Line: l.No, Label: l.label, Value: value})
	}
}

var statusLabel = regexp.MustCompile(`(?i)^(?:current |overall |section )?status$`)

// statuses reads the sections' `**Status:**` lines. One that stands right
// below the section's heading speaks for the section; otherwise the last one
// does. A line of alternatives is a template that nobody filled in.
func (d *document) statuses() {
	direct := make([]bool, len(d.out.Sections))
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free || l.box != noBox || l.Kind == markdown.Row || l.place.section < 0 || !containsFold(l.text, "status") {
			continue
		}
		label, value := l.label, l.value
		if l.bold == notBold {
			label, value, _ = strings.Cut(l.text, ":")
		}
		if !statusLabel.MatchString(label) || strings.ContainsAny(value, boxSigns) {
			continue
		}
		l.use = meta
		value = undecorated(value)
		if strings.Contains(value, "|") || blankRun.MatchString(value) || direct[l.place.section] {
			continue
		}
		direct[l.place.section] = l.place.group == "" && len(d.section(l).Groups) > 0 && l.No < d.section(l).Groups[0].Line
		d.section(l).Status = value
	}
}

var (
	signOffLabel = regexp.MustCompile(`(?i)^(?:\w+ )?(?:sign(?:ed)?[ -]?off|signoff|signed)(?: by)?$`)
	dateLabel    = regexp.MustCompile(`(?i)[\s,;|(]*\b(?:date|datum|on)\s*:\s*`)
	signOffLine  = regexp.MustCompile(`(?i)^(?:\w+ )?(?:sign(?:ed)?[ -]?off|signoff|signed)(?: by)?\s*:`)
)

// signOffs reads `**Sign-off:** ____ Date: ____` lines.
func (d *document) signOffs() {
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free || l.Kind == markdown.Heading || l.Kind == markdown.Row || !containsFold(l.text, "sign") {
			continue
		}
		value := l.value
		switch {
		case l.bold == labelled && signOffLabel.MatchString(l.label):
		case signOffLine.MatchString(l.text):
			_, value, _ = strings.Cut(l.text, ":")
		default:
			continue
		}
		l.use = meta
		name, date := value, ""
		if at := dateLabel.FindStringIndex(value); at != nil {
			name, date = value[:at[0]], value[at[1]:]
		}
		d.out.SignOffs = append(d.out.SignOffs, SignOff{
			Line: l.No, Section: d.sectionTitle(l), Name: filled(name), Date: filled(date),
		})
	}
}

// filled gives what somebody wrote into a place to fill in: nothing where only
// the blank is left.
func filled(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "_"))
	if strings.Trim(s, "_-–—/. \t|[](){}<>") == "" || placeholder.MatchString(s) {
		return ""
	}
	return s
}

// placeholder matches what templates write where a value belongs.
var placeholder = regexp.MustCompile(`(?i)^[\[<{(](?:name|date|signature|tbd|yyyy-mm-dd|your name|.*\bhere)[\]>})]$|^(?:tbd|yyyy-mm-dd)$`)

// signature matches the lines below an approval's role.
var signature = regexp.MustCompile(`(?i)^(name|signature|signed|date)\s*:\s*(.*)$`)

// approvals reads a bold role with Name, Signature and Date lines below it.
func (d *document) approvals() {
	roles := map[string]int{}
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free || l.bold != boldAlone || l.box != noBox || l.Kind == markdown.Row {
			continue
		}
		a := Approval{Line: l.No, Role: l.label}
		found := d.signatures(i+1, &a)
		if found < 2 {
			continue
		}
		for j := i; j <= i+found; j++ {
			d.lines[j].use = meta
		}
		if roles[a.Role]++; roles[a.Role] > 1 {
			d.out.warn(l.No, "the role %q has an approval already; the names of roles must differ", a.Role)
			continue
		}
		d.out.Approvals = append(d.out.Approvals, a)
	}
}

// signatures fills an approval from the lines that begin at i and says how many
// of them belong to it.
func (d *document) signatures(i int, a *Approval) int {
	n := 0
	for ; i+n < len(d.lines); n++ {
		l := &d.lines[i+n]
		m := signature.FindStringSubmatch(l.text)
		if m == nil || l.Kind == markdown.Heading || l.bold == boldAlone {
			break
		}
		switch value := filled(m[2]); strings.ToLower(m[1]) {
		case "name":
			a.Name = value
		case "date":
			a.Date = value
		default:
			a.Signature = value
		}
	}
	return n
}

// containsFold says whether s has the lower-case ASCII word in any case. It is
// the cheap question before an expression is tried.
func containsFold(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return true
		}
	}
	return false
}
