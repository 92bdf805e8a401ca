package checklist

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// check looks for lines that contradict each other.
func (d *document) check() {
	d.checkBounds()
	d.checkBaselines()
	d.checkDates()
	d.checkStages()
	slices.SortStableFunc(d.out.Warnings, func(a, b Warning) int { return cmp.Compare(a.Line, b.Line) })
}

// measure is what a criterion measures and where: what makes bounds comparable.
type measure struct {
	signal   criterion.Signal
	subject  string
	quantile float64
	unit     criterion.Unit
	change   criterion.Change
	scope    Scope
	section  string // where no environment says that sections share a place
}

func measureOf(c *Criterion) measure {
	m := measure{c.Signal, c.Subject, c.Quantile, c.Unit, c.Change, c.Scope, ""}
	if c.Scope.Environment == "" {
		m.section = c.Section
	}
	return m
}

// conditional are the words of lines about what to do when a value goes wrong:
// what they compare is no target, whatever their heading.
var conditional = newPhrases(
	"-if-", "-when-", "-fail-", "-fails-", "-failure-", "-alert-", "-alerts-", "-warn-", "-warning-", "-critical-", "-trigger-",
	"-escalate-", "-investigate-",
)

// conditionalHeading are those of headings.
var conditionalHeading = newPhrases(
	"-alert-", "-alerts-", "-alerting-", "-trigger", "-no-go-", "-abort-", "-halt-", "-pause-", "-stop-", "-rollback-", "-escalat", "-warning",
	"-critical-", "-fail", "-degraded-", "-if-", "-when-",
)

// isConditional says whether a criterion's line, or the heading or bold line that
// it stands right below, is about what to do when a value goes wrong.
func (d *document) isConditional(i int) bool {
	if conditional.in(slug(d.out.Criteria[i].Text)) {
		return true
	}
	return d.demanding[i].place.conditional
}

func upper(c criterion.Comparison) bool { return c == criterion.Less || c == criterion.LessOrEqual }

// bounds are the tightest demands on one measure. A rollback criterion bounds
// the other way round: "> 1 %" demands at most 1 %.
type bounds struct{ above, below, ceiling, floor *Criterion }

// checkBounds warns of targets that exclude each other, and of targets that
// allow what a rollback criterion forbids.
func (d *document) checkBounds() {
	all := map[measure]*bounds{}
	var inLines []*bounds // in the order of the document
	for i := range d.out.Criteria {
		c := &d.out.Criteria[i]
		// A table has columns for what is good and what is bad.
		if !c.Quantified() || strings.HasPrefix(c.Text, "|") || c.Role == criterion.Target && d.isConditional(i) {
			continue
		}
		b := all[measureOf(c)]
		if b == nil {
			b = &bounds{}
			all[measureOf(c)] = b
			inLines = append(inLines, b)
		}
		switch lower := !upper(c.Comparison); {
		case c.Role == criterion.Rollback && lower:
			b.ceiling = tighter(b.ceiling, c, true)
		case c.Role == criterion.Rollback:
			b.floor = tighter(b.floor, c, false)
		case lower:
			b.above = tighter(b.above, c, false)
		default:
			b.below = tighter(b.below, c, true)
		}
	}
	for _, b := range inLines {
		if b.above != nil && b.below != nil && b.above.Line != b.below.Line && b.above.Value >= b.below.Value {
			later, earlier := inOrder(b.above, b.below)
			d.out.warn(later.Line, "%q and %q on line %d exclude each other", later.Text, earlier.Text, earlier.Line)
		}
		if b.below != nil && b.ceiling != nil && b.below.Value > b.ceiling.Value {
			d.out.warn(b.below.Line, "the target %q allows what %q on line %d rolls back", b.below.Text, b.ceiling.Text, b.ceiling.Line)
		}
		if b.above != nil && b.floor != nil && b.above.Value < b.floor.Value {
			d.out.warn(b.above.Line, "the target %q allows what %q on line %d rolls back", b.above.Text, b.floor.Text, b.floor.Line)
		}
	}
}

func tighter(held, c *Criterion, smaller bool) *Criterion {
	if held == nil || smaller && c.Value < held.Value || !smaller && c.Value > held.Value {
		return c
	}
	return held
}

func inOrder(a, b *Criterion) (later, earlier *Criterion) {
	if a.Line < b.Line {
		return b, a
	}
	return a, b
}

// LooserThan says whether a target of an absolute value asks for less than the
// baseline gives already: "< 280 MB" where the baseline needs 256 MB. The
// baseline is in the criterion's unit.
func (c Criterion) LooserThan(baseline float64) bool {
	if !c.Quantified() || c.Advisory || c.Role != criterion.Target || c.Change != criterion.Absolute {
		return false
	}
	if upper(c.Comparison) {
		return c.Value > baseline
	}
	return c.Value < baseline
}

var (
	baselineValue  = regexp.MustCompile(`(?i)\bbaseline\b[\s:=(]*(?:of\s+|is\s+|was\s+)?[~≈]?(\d[\d.,]*\s?(?:%|[A-Za-zµ]+(?:/[A-Za-z]+)?)?)`)
	baselineWord   = regexp.MustCompile(`(?i)\bbaseline\b`)
	baselineColumn = newPhrases("-baseline-", "-before-", "-vorher-")
)

// checkBaselines warns of bounds that are looser than a baseline the document
// itself names. Load tests are another load, and compare with nothing.
func (d *document) checkBaselines() {
	type known struct {
		value float64
		line  int
	}
	type key struct {
		signal   criterion.Signal
		subject  string
		quantile float64
		unit     criterion.Unit
	}
	baselines := map[key]known{}
	for i := range d.lines {
		l := &d.lines[i]
		text := d.baselineText(l)
		if text == "" {
			continue
		}
		for _, c := range criterion.Parse(criterion.Line{Text: text, Headings: l.place.headings}) {
			if c.Change == criterion.Absolute && c.Quantified() {
				baselines[key{c.Signal, c.Subject, c.Quantile, c.Unit}] = known{c.Value, l.No}
			}
		}
	}
	for _, c := range d.out.Criteria {
		b, ok := baselines[key{c.Signal, c.Subject, c.Quantile, c.Unit}]
		if ok && c.Scope.Test == "" && c.LooserThan(b.value) {
			d.out.warn(c.Line, "%q is looser than the baseline on line %d", c.Text, b.line)
		}
	}
}

// baselineText rewrites a line that names a baseline as a demand for it, which
// the criterion parser understands; empty for a line that names none.
func (d *document) baselineText(l *line) string {
	if l.Kind == markdown.Row {
		for c, name := range d.head(l).slugs {
			if c > 0 && c < len(l.Cols.Cells) && baselineColumn.in(name) {
				if value := l.Cols.Plain()[c]; strings.ContainsAny(value, digits) && !strings.ContainsAny(value, "<>≤≥") {
					return l.name + " < " + value
				}
			}
		}
		return ""
	}
	if !l.has(hasBaseline) {
		return ""
	}
	m := baselineValue.FindStringSubmatch(l.text)
	label := l.text
	if m == nil { // "Baseline memory usage: 256 MB"
		before, value, ok := strings.Cut(l.text, ": ")
		if !ok || !baselineWord.MatchString(before) || !isNumber(value) {
			return ""
		}
		return strings.TrimSpace(baselineWord.ReplaceAllString(before, "")) + " < " + value
	}
	if k := strings.IndexAny(label, "<>≤≥:("); k > 0 {
		label = label[:k]
	}
	return strings.TrimSpace(baselineWord.ReplaceAllString(label, "")) + " < " + m[1]
}

var (
	startLabel = newWording("start", "started", "begin", "began", "kick-off", "kickoff")
	laterLabel = newWording(
		"end", "due", "deadline", "target", "go-live", "golive", "launch", "release", "finish", "completion", "deployment",
	)
)

// checkDates warns of dates before the start that the document names.
func (d *document) checkDates() {
	var start time.Time
	var startLine int
	for _, f := range d.out.Fields {
		if !startLabel.in(f.Label) {
			continue
		}
		if t, ok := parseDate(f.Value); ok {
			start, startLine = t, f.Line
			break
		}
	}
	if startLine == 0 {
		return
	}
	before := func(line int, text string) {
		if t, ok := parseDate(text); ok && t.Before(start) {
			d.out.warn(line, "%q lies before the start on line %d, %s", text, startLine, start.Format(time.DateOnly))
		}
	}
	for _, f := range d.out.Fields {
		if laterLabel.in(f.Label) {
			before(f.Line, f.Value)
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

var (
	windowWord = regexp.MustCompile(`(?i)\b(?:deploy(?:ment)?|maintenance|change|release|cut-?over|migration|roll-?out|upgrade|service)[ -]window\b|^window\s*:|\bwartungsfenster\b`)
	clockRange = regexp.MustCompile(`\b([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|—|to|until|bis)\s*([01]?\d|2[0-4]):([0-5]\d)\b`)
)

// checkStages warns of stages that shrink, and of holds that together are
// longer than the window the document names.
func (d *document) checkStages() {
	stages := d.out.Stages
	if len(stages) == 0 {
		return
	}
	var sum time.Duration
	for i, s := range stages {
		sum += s.Hold
		if i > 0 && s.Ratio < stages[i-1].Ratio {
			d.out.warn(s.Line, "the stage %s follows %s on line %d, a larger one", s.Name, stages[i-1].Name, stages[i-1].Line)
		}
	}
	for i := range d.lines {
		l := &d.lines[i]
		if !l.has(hasWindow) || !windowWord.MatchString(l.text) {
			continue
		}
		window := windowIn(l.text)
		if window > 0 && sum > window {
			d.out.warn(l.No, "the stages from line %d on hold for %s in all, longer than this window of %s", stages[0].Line, spell(sum), spell(window))
		}
	}
}

// spell writes a duration without its empty end: 3h, 1h30m.
func spell(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "m0s")
	if s != d.String() {
		s = strings.TrimSuffix(s+"m", "h0m")
		if !strings.HasSuffix(s, "m") {
			s += "h"
		}
	}
	return s
}

// windowIn reads how long a window is: "2 hours", "22:00-00:30".
func windowIn(text string) time.Duration {
	m := clockRange.FindStringSubmatch(text)
	if m == nil {
		return parseDuration(text)
	}
	clock := func(h, m string) time.Duration {
		d, _ := time.ParseDuration(h + "h" + m + "m") // digits only
		return d
	}
	from, to := clock(m[1], m[2]), clock(m[3], m[4])
	if to <= from {
		to += 24 * time.Hour
	}
	return to - from
}
