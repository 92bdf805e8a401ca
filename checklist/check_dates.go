package checklist

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

var (
	startLabel = newWording(
		"start", "started", "begin", "began", "kick-off", "kickoff", "beginn", "startdatum", "inicio", "início", "début", "inizio",
		"начало", "başlangıç", "开始", "開始", "启动", "시작",
	)
	laterLabel = newWording(
		"end", "due", "deadline", "target", "go-live", "golive", "launch", "release", "finish", "completion", "deployment", "cutover",
		"ende", "enddatum", "frist", "fin", "término", "fim", "fine", "échéance", "lanzamiento", "lançamento", "scadenza",
		"конец", "окончание", "завершение", "срок", "bitiş", "结束", "結束", "截止", "上线", "上線", "完成", "終了", "종료", "완료",
	)
	// formerLabel are the words of labels of what is long done.
	formerLabel = newWording("last", "previous", "prior", "latest", "former", "letzte*", "dernier*", "última", "último", "anterior", "上次", "前回")
)

// dated is a label with a date.
type dated struct {
	line  int
	label string
	text  string
	day   time.Time
	place *place
}

// checkDates warns of dates before the start that the document names, and of
// ends before the start that stands beside them.
func (d *document) checkDates() {
	labels := d.datedLabels()
	d.checkPairs(labels)
	var start *dated
	for i := range labels {
		if l := &labels[i]; l.place.section < 0 && startLabel.in(l.label) && !formerLabel.in(l.label) {
			start = l
			break
		}
	}
	if start == nil {
		return
	}
	before := func(line int, text string) {
		if day, at, ok := dateIn(text); ok && day.Before(start.day) && !isFormer(text[:at]) {
			d.warnDate(line, text, start)
		}
	}
	for _, t := range d.out.Tasks {
		if t.State == Open || t.State == InProgress {
			before(t.Line, t.Text)
		}
	}
	for _, s := range d.out.SignOffs {
		before(s.Line, s.Date)
	}
	for _, a := range d.out.Approvals {
		before(a.Line, a.Date)
	}
}

func (d *document) warnDate(line int, text string, start *dated) {
	d.out.warn(line, "%q lies before the start on line %d, %s", text, start.line, start.day.Format(time.DateOnly))
}

// checkPairs warns of labelled ends that lie before the start above them: those
// below the same headings, and of the whole document those that begin it.
func (d *document) checkPairs(labels []dated) {
	var start *dated
	for i := range labels {
		l := &labels[i]
		switch {
		case formerLabel.in(l.label):
		case startLabel.in(l.label):
			if start == nil || start.place != l.place || start.place.section >= 0 {
				start = l
			}
		case start != nil && start.place == l.place && laterLabel.in(l.label) && l.day.Before(start.day):
			d.warnDate(l.line, l.text, start)
		}
	}
}

// datedLabels are the fields, and the lines and the rows of two cells that give a
// label a date, in the order of the document.
func (d *document) datedLabels() []dated {
	var out []dated
	add := func(l *line, label, value string) {
		if day, at, ok := dateIn(value); ok && at <= maxBeforeDate && len(label) <= maxDateLabel {
			out = append(out, dated{l.No, label, strings.TrimSpace(value), day, l.place})
		}
	}
	for i := range d.lines {
		l := &d.lines[i]
		switch {
		case !l.has(hasDigit) || l.Kind == markdown.Heading || l.box != noBox || !namesYear(l.text):
		case l.Kind == markdown.Row:
			if cells := l.Cols.Plain(); len(l.Cols.Header) == 2 && len(cells) == 2 {
				add(l, cells[0], cells[1])
			}
		default:
			if parts := labelledParts(l.Raw); parts != nil {
				for _, p := range parts {
					add(l, p.label, p.value)
				}
			} else if label, value, ok := cutColon(l.text); ok {
				add(l, label, value)
			}
		}
	}
	return out
}

const (
	maxBeforeDate = 16 // bytes before a label's date, a weekday's: behind more the date is of something else
	maxDateLabel  = 48
)

// isFormer says whether what stands before a date makes it the date of something
// that there is already: "the snapshot of 2026-01-01", "released 2026-01-01".
func isFormer(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	if strings.ContainsRune("-/_.`", last) {
		return true // part of a name
	}
	words := strings.Fields(before)
	return len(words) > 0 && former[strings.ToLower(strings.TrimLeft(words[len(words)-1], "([\"'"))]
}

// former are the words right before such dates.
var former = map[string]bool{
	"from": true, "since": true, "of": true, "the": true, "version": true, "v": true, "released": true, "created": true, "dated": true,
	"snapshot": true, "backup": true, "dump": true, "after": true, "seit": true, "vom": true, "du": true, "del": true, "depuis": true, "desde": true,
}
