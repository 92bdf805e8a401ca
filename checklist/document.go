package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// line is a line of the document with what the passes found out about it.
type line struct {
	*markdown.Line
	*boldText        // nothing where the line begins otherwise
	text      string // without box and inline markup
	name      string // the text that names the line: of a table row, its first cell with words
	id        string // of the task or the line; set by the ids pass
	task      int    // index into Checklist.Tasks; -1 for none
	place     *place // where it stands

	beneath *criterion.Place // of the lines nested below; nil until one is read

	mark   rune   // what is in the box
	traits traits // of the text
	box    box
	use    use  // what the line was taken for
	struck bool // struck through
	holds  bool // says how long to hold a stage
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

	heads     map[int]*head // of the tables, by their block
	demanding []*line       // the line of each criterion

	scratch criterion.Scratch
}

func newDocument(out *Checklist, options Options, md markdown.Document) *document {
	d := &document{out: out, options: options, lines: make([]line, 0, len(md.Lines))}
	if md.TooDeep > 0 {
		out.warn(md.TooDeep, "nested deeper than %d; what is nested deeper is left out", MaxNesting)
	}
	at := make([]int32, len(md.Lines)) // index there → index here
	for i := 0; i < len(md.Lines); {
		l := line{Line: &md.Lines[i], task: -1}
		if l.Parent >= 0 {
			l.Parent = int(at[l.Parent])
		}
		markup := l.Raw
		if l.Kind == markdown.Item || l.Kind == markdown.Text {
			m := cutBox(l.Raw, l.Kind == markdown.Item)
			markup, l.box, l.mark = m.rest, m.box, m.mark
		}
		wrapped := wrappedLines(md.Lines[i:])
		if wrapped > 0 {
			markup = joined(markup, md.Lines[i+1:i+1+wrapped])
		}
		if l.inspect(markup) {
			out.warn(l.No, "longer than %d bytes; the rest of the line is left out", maxText)
		}
		for range 1 + wrapped {
			at[i] = int32(len(d.lines))
			i++
		}
		d.lines = append(d.lines, l)
	}
	return d
}

// maxWrapped is how many lines a task's text may go on for.
const maxWrapped = 50

// wrappedLines is how many lines the text of the item at the head of lines is
// wrapped over, behind its first.
func wrappedLines(lines []markdown.Line) int {
	if lines[0].Kind != markdown.Item {
		return 0
	}
	n := 0
	for n < maxWrapped && n+1 < len(lines) && continues(&lines[n+1], lines[0].Block) {
		n++
	}
	return n
}

// continues says whether l is the wrapped rest of an item whose text stands in
// the block given.
func continues(l *markdown.Line, block int) bool {
	return l.Soft && l.Kind == markdown.Text && l.Block == block &&
		cutBox(l.Raw, false).box == noBox && !strings.HasPrefix(l.Raw, "**") && !strings.HasPrefix(l.Raw, "[") && !labelStart.MatchString(l.Raw)
}

// joined is the Markdown of an item with that of the lines it is wrapped over.
func joined(first string, rest []markdown.Line) string {
	var out strings.Builder
	out.WriteString(first)
	for i := range rest {
		out.WriteByte(' ')
		out.WriteString(rest[i].Raw)
	}
	return out.String()
}

// labelStart matches a line that begins with a label of one to three words.
var labelStart = regexp.MustCompile(`^[\pL\pN/&-]+(?: [\pL\pN/&-]+){0,2}:(?:\s|$)`)

// maxText is how much of a line is read, in bytes.
const maxText = 4096

// inspect finds the line's text and its bold label in its Markdown behind the
// box. It says whether the line was cut.
func (l *line) inspect(markup string) (cut bool) {
	if len(markup) > maxText {
		markup, cut = strings.ToValidUTF8(markup[:maxText], ""), true
	}
	l.text = markdown.Plain(markup)
	l.traits = traitsOf(l.text)
	l.boldText = &nothingBold
	if label, value, b := boldLabel(markup); b != notBold {
		l.boldText = &boldText{b, label, value}
	}
	l.struck = struck(markup)
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
	bare := trimColon(label)
	colon := len(bare) < len(label)
	if at, width := colonIn(rest); !colon && at == 0 {
		colon, rest = true, strings.TrimSpace(rest[width:])
	}
	label = strings.TrimSpace(markdown.Plain(bare))
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
	d.structure()
	d.criteria()
	d.check()
}

// structure runs the passes that find out what the lines are, before what they
// demand.
func (d *document) structure() {
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
}

// has says whether the line's text has one of the traits.
func (l *line) has(some traits) bool { return l.traits&some != 0 }

// hasBox says whether the line's text has a box to tick in it.
func (l *line) hasBox() bool { return l.has(hasTick) }

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
