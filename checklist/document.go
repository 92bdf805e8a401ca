package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// line is a line of the document with what the passes found out about it.
type line struct {
	markdown.Line
	*boldText        // nothing where the line begins otherwise
	source    string // the Markdown with the box
	text      string // without box and inline markup
	name      string // the text that names the line: of a table row, its first cell with words
	id        string // of the task or the line; set by the ids pass
	traits    traits // of the text
	box       box
	use       use    // what the line was taken for
	struck    bool   // struck through
	holds     bool   // says how long to hold a stage
	mark      rune   // what is in the box
	task      int    // index into Checklist.Tasks; -1 for none
	place     *place // where it stands

	beneath *criterion.Place // of the lines nested below; nil until one is read
}

// boldText is the bold text that a line begins with.
type boldText struct {
	bold  boldness
	label string // without a colon
	value string // behind it
}

// nothingBold is of the lines that begin otherwise.
var nothingBold boldText

// use says what a line was taken for, so that no other pass takes it for
// something else.
type use uint8

const (
	free    use = iota
	meta        // field, status, sign-off, approval, heading
	option      // of a choice that is written as a list
	leading     // a bold line that labels what follows
)

type boldness uint8

const (
	notBold   boldness = iota
	labelled           // **Label:** value
	boldAlone          // **Label:** or **Label**
)

// document is a checklist being read. The passes run in the order of read; each
// leaves its result in the Checklist and its findings in the lines.
type document struct {
	out       *Checklist
	options   Options
	lines     []line
	taskLines []int  // the index of each task's line
	names     *names // the IDs taken

	legendStates  map[rune]State // what the document says [~], [-] and [/] mean
	dashedParents bool           // [-] is in progress: tasks are nested below one
	disagreements int            // of boxes and the signs behind them
	roles         titles         // that approve

	heads map[int]*head // of the tables, by their block

	scratch criterion.Scratch
}

func newDocument(out *Checklist, options Options, md markdown.Document) *document {
	d := &document{out: out, options: options, lines: make([]line, 0, len(md.Lines))}
	if md.TooDeep > 0 {
		out.warn(md.TooDeep, "nested deeper than %d; what is nested deeper is left out", MaxNesting)
	}
	at := make([]int, len(md.Lines)) // index there → index here
	wrapped := 0
	for i, l := range md.Lines {
		at[i] = len(d.lines)
		if l.Parent >= 0 {
			l.Parent = at[l.Parent]
		}
		if d.continues(l) && wrapped < maxWrapped {
			last := &d.lines[len(d.lines)-1]
			last.Raw += " " + l.Raw
			at[i]--
			wrapped++
			continue
		}
		wrapped = 0
		added := line{Line: l, task: -1, source: l.Raw}
		if l.Kind == markdown.Item || l.Kind == markdown.Text {
			m := cutBox(l.Raw, l.Kind == markdown.Item)
			added.Raw, added.box, added.mark = m.rest, m.box, m.mark
		}
		d.lines = append(d.lines, added)
	}
	for i := range d.lines {
		if d.lines[i].inspect() {
			out.warn(d.lines[i].No, "longer than %d bytes; the rest of the line is left out", maxText)
		}
	}
	return d
}

// maxWrapped is how many lines a task's text may go on for.
const maxWrapped = 50

// continues says whether l is the wrapped rest of the item before it.
func (d *document) continues(l markdown.Line) bool {
	if !l.Soft || l.Kind != markdown.Text || len(d.lines) == 0 {
		return false
	}
	last := &d.lines[len(d.lines)-1]
	if last.Kind != markdown.Item || last.Block != l.Block {
		return false
	}
	return cutBox(l.Raw, false).box == noBox && !strings.HasPrefix(l.Raw, "**") && !strings.HasPrefix(l.Raw, "[") && !labelStart.MatchString(l.Raw)
}

// labelStart matches a line that begins with a label of one to three words.
var labelStart = regexp.MustCompile(`^[\pL\pN/&-]+(?: [\pL\pN/&-]+){0,2}:(?:\s|$)`)

// maxText is how much of a line is read, in bytes.
const maxText = 4096

// inspect finds the line's text and its bold label. It says whether the line
// was cut.
func (l *line) inspect() (cut bool) {
	if len(l.Raw) > maxText {
		l.Raw, cut = strings.ToValidUTF8(l.Raw[:maxText], ""), true
	}
	l.text = markdown.Plain(l.Raw)
	l.traits = traitsOf(l.text)
	l.boldText = &nothingBold
	if label, value, b := boldLabel(l.Raw); b != notBold {
		l.boldText = &boldText{b, label, value}
	}
	l.struck = struck(l.Raw)
	if l.Kind != markdown.Row {
		l.name = l.text
	}
	return cut
}

// boldLabel splits `**Label:** value`, `**Label**: value` and `**Label**`.
func boldLabel(raw string) (label, value string, b boldness) {
	if len(raw) < 5 || raw[:2] != "**" && raw[:2] != "__" {
		return "", "", notBold
	}
	mark := raw[:2]
	label, rest, ok := strings.Cut(raw[2:], mark)
	if !ok || strings.TrimSpace(label) == "" || mark == "__" && label[0] == '_' {
		return "", "", notBold
	}
	rest = strings.TrimSpace(rest)
	label = strings.TrimSpace(label)
	colon := strings.HasSuffix(label, ":")
	if !colon && strings.HasPrefix(rest, ":") {
		colon, rest = true, strings.TrimSpace(rest[1:])
	}
	label = strings.TrimSpace(markdown.Plain(strings.TrimSuffix(label, ":")))
	switch {
	case rest == "" || rest == `\`:
		return label, "", boldAlone
	case colon:
		return label, markdown.Plain(strings.TrimSuffix(rest, `\`)), labelled
	}
	return "", "", notBold
}

// read runs the passes.
func (d *document) read() {
	d.places()
	d.legend()
	d.fields()
	d.statuses()
	d.signOffs()
	d.approvals()
	d.choices()
	d.badges()
	d.tasks()
	d.ids()
	d.stages()
	d.blanks()
	d.criteria()
	d.check()
}

// has says whether the line's text has one of the traits.
func (l *line) has(some traits) bool { return l.traits&some != 0 }

// hasBox says whether the line's text has a box to tick in it.
func (l *line) hasBox() bool { return l.has(hasBracket|hasWide) && hasBox(l.text) }

// taskID is the ID of the line's task, or of the nearest one it is nested in.
func (d *document) taskID(l *line) string {
	for {
		if l.task >= 0 {
			return d.out.Tasks[l.task].ID
		}
		if l.Parent < 0 {
			return ""
		}
		l = &d.lines[l.Parent]
	}
}
