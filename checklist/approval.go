package checklist

import (
	"strings"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// approvals reads who is to sign the whole: a bold role with Name, Signature
// and Date lines, a line `Role: ____ Date: ____` under a heading about signing,
// a table of roles.
func (d *document) approvals() {
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free || l.box != noBox && l.Kind != markdown.Row || l.Kind == markdown.Heading {
			continue
		}
		a := Approval{Line: l.No, Role: l.label}
		switch {
		case l.Kind == markdown.Row:
			d.approvalRow(l)
		case l.bold == boldAlone:
			if n := d.signatures(i+1, &a); n >= 2 {
				for j := i; j <= i+n; j++ {
					d.lines[j].use = meta
				}
				d.approve(a)
			}
		default:
			d.approvalLine(l)
		}
	}
}

// approve adds an approval. A role that signs again gets a number.
func (d *document) approve(a Approval) {
	if d.roles == nil {
		d.roles = titles{}
	}
	a.Role = d.roles.distinct(a.Role)
	d.out.Approvals = append(d.out.Approvals, a)
}

// signatures fills an approval from the lines that begin at i and says how many
// of them belong to it.
func (d *document) signatures(i int, a *Approval) int {
	n, signs := 0, false
	for ; i+n < len(d.lines); n++ {
		l := &d.lines[i+n]
		if !l.has(hasColon) || l.Kind == markdown.Heading || l.bold == boldAlone {
			break
		}
		part, text := signature(l.text)
		if part == "" {
			break
		}
		signs = signs || part == partName || part == partSignature
		value := filled(text)
		switch part {
		case partName:
			a.Name = value
		case partDate:
			a.Date = value
		case partSignature:
			a.Signature = value
		}
	}
	if !signs { // "Title" and "Date" are of many things
		return 0
	}
	return n
}

// signature splits a line below an approval's role, "Date: 2026-11-22", and says
// which part of the signature it is; empty for any other line.
func signature(text string) (part, value string) {
	label, value, ok := cutColon(text)
	if !ok || len(label) > 2*len("signature") {
		return "", ""
	}
	label = strings.TrimRight(label, blankSpace)
	for i := range signatureLabels {
		if signatureLabels[i].has(label) {
			return signatureLabels[i].part, value
		}
	}
	return "", ""
}

// roleLine splits a line into a role, of 2 to 50 characters, and what stands
// behind it.
func roleLine(text string) (role, value string, ok bool) {
	role, value, ok = cutColon(text)
	if !ok || strings.IndexByte(role, '|') >= 0 || utf8.RuneCountInString(role) < 2 {
		return "", "", false
	}
	role = strings.TrimSpace(role)
	return role, value, utf8.RuneCountInString(role) <= 50
}

// approvalLine reads `Tech Lead: ____ Date: ____`. The one blank stands for
// name and signature.
func (d *document) approvalLine(l *line) {
	if !l.has(hasColon) || !l.place.approving && !l.has(hasBlank) {
		return
	}
	label, value, ok := roleLine(l.text)
	if part, _ := signature(l.text); !ok || part != "" && part != partRole {
		return
	}
	var date, signed string
	at := dateLabelIn(value)
	if at != nil {
		date, signed = cutSignature(value[at[1]:])
		value = value[:at[0]]
	}
	if !d.approves(l, label, value, at != nil) {
		return
	}
	l.use = meta
	a := Approval{Line: l.No, Role: label, Name: filled(value), Signature: filled(value), Date: filled(date)}
	if signed != "" {
		a.Signature = filled(signed)
	}
	d.approve(a)
}

// approves says whether a label with its value is a role with its signature:
// below a heading about signing a role or a place to sign with its date, and
// elsewhere only both.
func (d *document) approves(l *line, label, value string, dated bool) bool {
	blank := hasBlankRun(value)
	switch isRole := role.in(label); {
	case !l.place.approving:
		return isRole && blank && dated && l.Parent < 0
	case blank && dated:
		return true
	case blank:
		return isRole || departments.has(label)
	case d.approvers(l):
		return true
	case strings.TrimSpace(value) != "" && strings.EqualFold(label, "owner") || d.enclosingItem(l):
		return isRole && dated // who does the work of an item
	default:
		return isRole || strings.TrimSpace(value) == "" && departments.has(label)
	}
}

// approvers says whether a line is nested in an item that only names who signs.
func (d *document) approvers(l *line) bool {
	if l.Parent < 0 || d.lines[l.Parent].box != noBox {
		return false
	}
	return signing.has(trimColon(d.lines[l.Parent].text))
}

// enclosingItem says whether a line is nested in one with a box.
func (d *document) enclosingItem(l *line) bool {
	return l.Parent >= 0 && d.lines[l.Parent].box != noBox
}

// approvalRow reads a row of a table of roles with a column to sign in.
func (d *document) approvalRow(l *line) {
	h := d.head(l)
	if !h.signing {
		return
	}
	a := Approval{Line: l.No}
	var signed, named, dated bool
	for c, cell := range l.Cols.Plain() {
		switch name := h.slugs[c]; {
		case c == h.role:
			a.Role = cell
		case signatureColumn.in(name):
			a.Signature, signed = filled(cell), true
		case nameColumn.in(name):
			a.Name, named = filled(cell), true
		case dateColumn.in(name):
			a.Date, dated = filled(cell), true
		}
	}
	roles := l.place.approving && roleColumn.in(h.slugs[h.role])
	switch {
	case a.Role == "":
		return
	case signed && (named || dated || roles):
	case named && dated && roles:
		a.Signature = a.Name // the name is all there is to sign with
	default:
		return
	}
	l.use = meta
	d.approve(a)
}
