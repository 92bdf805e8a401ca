package checklist

import (
	"strings"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

var (
	// approving are the words of headings below which roles sign.
	approving = newPhrases(
		"-sign-off", "-signoff", "-signature", "-signatures-", "-approval", "-approvals-", "-unterschrift", "-freigabe", "-abnahme",
		"-genehmigung", "-firma", "-aprobacion", "-aprobación", "-aprovação", "-assinatura", "-approbation",
	)
	// role are the words of labels that name who signs.
	role = newWording(
		"lead", "leader", "manager", "owner", "sponsor", "engineer", "developer", "reviewer", "director", "officer",
		"cto", "ceo", "cio", "ciso", "architect", "qa", "devops", "sre", "operations", "security", "stakeholder", "admin",
	)

	signatureColumn = newPhrases("-signature-", "-unterschrift-", "-firma-", "-assinatura-", "-sign-off-", "-signed-", "-approved-")
	nameColumn      = newPhrases("-name-", "-nom-", "-nombre-", "-nome-", "-person-")
	dateColumn      = newPhrases("-date-", "-datum-", "-fecha-", "-data-")
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
	n := 0
	for ; i+n < len(d.lines); n++ {
		l := &d.lines[i+n]
		if !l.has(hasColon) || l.Kind == markdown.Heading || l.bold == boldAlone {
			break
		}
		label, text := signature(l.text)
		value := filled(text)
		switch label {
		case "":
			return n
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

// signature splits a line below an approval's role, "Date: 2026-11-22", and gives
// the label in lower case; an empty one for any other line.
func signature(text string) (label, value string) {
	label, value, ok := strings.Cut(text, ":")
	if !ok || len(label) > 2*len("signature") {
		return "", ""
	}
	switch label = strings.ToLower(strings.TrimRight(label, blankSpace)); label {
	case "name", "signature", "signed", "date":
		return label, value
	}
	return "", ""
}

// roleLine splits a line into a role, of 2 to 50 characters, and what stands
// behind it.
func roleLine(text string) (role, value string, ok bool) {
	role, value, ok = strings.Cut(text, ":")
	if !ok || strings.IndexByte(role, '|') >= 0 || utf8.RuneCountInString(role) < 2 {
		return "", "", false
	}
	role = strings.TrimSpace(role)
	return role, value, utf8.RuneCountInString(role) <= 50
}

// approvalLine reads `Tech Lead: ____ Date: ____`. The one blank stands for
// name and signature.
func (d *document) approvalLine(l *line) {
	if !l.place.approving || !l.has(hasColon) {
		return
	}
	label, value, ok := roleLine(l.text)
	if signs, _ := signature(l.text); !ok || signs != "" {
		return
	}
	date := ""
	at := dateLabelIn(value)
	if at != nil {
		value, date = value[:at[0]], value[at[1]:]
	}
	if !role.in(label) && (at == nil || !hasBlankRun(value)) {
		return
	}
	l.use = meta
	name := filled(value)
	d.approve(Approval{Line: l.No, Role: label, Name: name, Signature: name, Date: filled(date)})
}

// signs says whether a table may have a column to sign in.
func (h *head) signs() bool {
	if !h.signsKnown {
		h.signsKnown = true
		for _, name := range h.slugs {
			h.signing = h.signing || signatureColumn.in(name) || nameColumn.in(name) || dateColumn.in(name)
		}
	}
	return h.signing
}

// approvalRow reads a row of a table of roles with a column to sign in.
func (d *document) approvalRow(l *line) {
	h := d.head(l)
	if !h.signs() {
		return
	}
	a := Approval{Line: l.No}
	columns := 0
	for c, cell := range l.Cols.Plain() {
		switch name := h.slugs[c]; {
		case c == 0:
			a.Role = cell
		case signatureColumn.in(name):
			a.Signature = filled(cell)
			columns += 2
		case nameColumn.in(name):
			a.Name = filled(cell)
			columns++
		case dateColumn.in(name):
			a.Date = filled(cell)
			columns++
		}
	}
	if columns < 3 || a.Role == "" {
		return
	}
	l.use = meta
	d.approve(a)
}
