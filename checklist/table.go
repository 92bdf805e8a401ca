package checklist

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// statusColumn are the words by which a column says that its signs are states.
var statusColumn = newPhrases(
	"-status-", "-state-", "-done-", "-complete", "-check", "-result-", "-ok-", "-ready-", "-passed-", "-verified-",
	"-statut-", "-estado-", "-stato-", "-erledigt-", "-статус-", "-durum-", "-状态-", "-상태-",
)

// answers are the column titles that make boxes below them options to choose
// from.
var answers = newPhrases("-yes-", "-no-", "-go-", "-no-go-", "-pass-", "-fail-", "-ja-", "-nein-", "-oui-", "-non-", "-si-", "-sim-")

// head is a table's header, read once for all of its rows.
type head struct {
	titles    []string // as text
	slugs     []string // of those that say what a column is about; the others are empty
	signing   bool     // whether a column's name is about signing
	role      int      // the column that names who signs; the first where none says so
	baselines []int    // the columns of baselines

	place *criterion.Place // of the rows, as the criterion reader knows it; nil until one asks
}

// columnWords are the words of all that a column may be about, which most aren't.
var columnWords = union(
	statusColumn, answers, selecting, shareColumn, holdColumn, baselineColumn, targetColumn, conditionalHeading,
	signatureColumn, nameColumn, dateColumn, roleColumn,
)

// head gives the header of the table that a row is in.
func (d *document) head(l *line) *head {
	if h := d.heads[l.Block]; h != nil {
		return h
	}
	h := &head{titles: markdown.PlainAll(l.Cols.Header)}
	h.slugs = make([]string, len(h.titles))
	for i, title := range h.titles {
		var room [2 * maxTextSlug]byte
		slug := appendSlug(room[:0], title)
		if !standIn(&columnWords, slug) {
			continue
		}
		name := string(slug)
		h.slugs[i] = name
		if h.role == 0 && roleColumn.in(name) {
			h.role = i
		}
		h.signing = h.signing || signatureColumn.in(name) || nameColumn.in(name) || dateColumn.in(name)
		if i > 0 && baselineColumn.in(name) {
			h.baselines = append(h.baselines, i)
		}
	}
	if d.heads == nil {
		d.heads = map[int]*head{}
	}
	d.heads[l.Block] = h
	return h
}

// rows finds the boxes in table rows: the row's first cell with words names the
// task. Badges such as ✅ are states where their column uses them so.
func (d *document) rows(documentHasBoxes bool) {
	for from := 0; from < len(d.lines); {
		to := from + 1
		for to < len(d.lines) && d.lines[to].Kind == markdown.Row && d.lines[to].Block == d.lines[from].Block {
			to++
		}
		if d.lines[from].Kind == markdown.Row {
			d.table(d.lines[from:to], documentHasBoxes)
		}
		from = to
	}
}

// table reads the rows of one table.
func (d *document) table(rows []line, documentHasBoxes bool) {
	header := rows[0].Cols.Header
	slugs := d.head(&rows[0]).slugs
	used := make([]usage, len(header))
	for i := range rows {
		for c, cell := range rows[i].Cols.Cells {
			m := cutBox(cell, true)
			used[c].add(m.box, m.mark)
			used[c].variable = used[c].variable || strings.HasPrefix(cell, "[X") && m.box == noBox
		}
	}
	states := make([]bool, len(header))
	for c := range header {
		states[c] = used[c].boxes && !used[c].variable || used[c].badges && statusColumn.in(slugs[c]) && used[c].states(documentHasBoxes)
	}
	for i := range rows {
		if rows[i].use == free {
			d.row(&rows[i], states)
		}
	}
	d.tableChoice(rows)
}

// selecting are the column titles that make the rows options to choose from.
var selecting = newPhrases("-selected-", "-select-", "-selection-", "-choice-", "-chosen-", "-auswahl-", "-choix-", "-seleccion-", "-选择-", "-선택-")

// tableChoice takes a table with one column of boxes, titled as a selection, for
// one choice: its rows are no work to do.
func (d *document) tableChoice(rows []line) {
	if len(rows) < 2 || !slices.ContainsFunc(d.head(&rows[0]).slugs, selecting.in) {
		return
	}
	c := Choice{Line: rows[0].No, Section: d.sectionTitle(&rows[0])}
	if n := len(rows[0].place.headings); n > 0 {
		c.Label = rows[0].place.headings[n-1]
	}
	for i := range rows {
		if rows[i].box != signBox && rows[i].box != oddBox && rows[i].box != gfmBox || rows[i].use != free {
			return
		}
		c.Options = append(c.Options, rows[i].name)
		if rows[i].mark == markDone || signState(rows[i].mark) == Done {
			c.Selected = append(c.Selected, rows[i].name)
		}
	}
	for i := range rows {
		rows[i].use, rows[i].box = option, noBox
	}
	d.out.Choices = append(d.out.Choices, c)
}

// row finds a row's name and its boxes.
func (d *document) row(l *line, columns []bool) {
	var boxes []marked
	var at []int
	coded := -1    // the cell that the name is from, if it only numbers the row
	named := false // by more than a number
	for c, cell := range l.Cols.Cells {
		m := cutBox(cell, true)
		boxed := m.box != noBox && columns[c]
		if boxed {
			boxes, at = append(boxes, m), append(at, c)
			cell = m.rest
		}
		if named || !strings.ContainsFunc(cell, unicode.IsLetter) || m.box != noBox && c > 0 {
			continue
		}
		name := l.Cols.Plain()[c]
		if boxed {
			name = markdown.Plain(cell)
		}
		numbers := isCode(name)
		if l.name == "" || c == coded+1 && !numbers {
			l.name, coded, named = name, c, name != "" && !numbers
		}
	}
	if len(boxes) == 0 {
		return
	}
	if l.name == "" {
		l.name = markdown.Plain(boxes[0].rest)
	}
	if d.rowChoice(l, boxes, at) || len(boxes) == 1 && d.cellChoice(l, l.Cols.Plain()[at[0]]) {
		return
	}
	l.box, l.mark = boxes[0].box, boxes[0].mark
	for _, b := range boxes[1:] {
		if (b.mark == markDone || signState(b.mark) == Done) != (l.mark == markDone || signState(l.mark) == Done) {
			l.mark = '⏳' // some, not all
		}
	}
}

// code matches what numbers a row rather than names it: "A1", "TC-12", "2.3b".
var code = regexp.MustCompile(`^[A-Za-z]{0,4}[-. ]?\d+(?:\.\d+)*[a-z]?$`)

func isCode(cell string) bool {
	return len(cell) <= 12 && strings.ContainsAny(cell, digits) && code.MatchString(cell)
}

// cellChoice takes a row for a choice where one of its cells has boxes before
// several answers: "☐ Go / ☐ No-go".
func (d *document) cellChoice(l *line, cell string) bool {
	c, ok := parseChoice(cell)
	if !ok || len(c.Options) < 2 || !slices.ContainsFunc(c.Options, func(option string) bool { return answers.in(slug(option)) }) {
		return false
	}
	c.Line, c.Section, c.Label = l.No, d.sectionTitle(l), l.name
	l.use = option
	d.out.Choices = append(d.out.Choices, c)
	return true
}

// rowChoice takes a row for a choice where its boxes stand below answers.
func (d *document) rowChoice(l *line, boxes []marked, at []int) bool {
	if len(boxes) < 2 {
		return false
	}
	c := Choice{Line: l.No, Section: d.sectionTitle(l), Label: l.name}
	for i, column := range at {
		if !answers.in(d.head(l).slugs[column]) {
			return false
		}
		title := d.head(l).titles[column]
		c.Options = append(c.Options, title)
		if m := boxes[i].mark; m == markDone || signState(m) == Done {
			c.Selected = append(c.Selected, title)
		}
	}
	l.use = option
	d.out.Choices = append(d.out.Choices, c)
	return true
}
