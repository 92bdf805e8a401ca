package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

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
	baselineSaid   = regexp.MustCompile(`(?i)\bbaseline\s+([\pL\pN ]{2,40}?)\s+(?:is|was)\s+[~≈]?(\d[\d.,]*\s?(?:%|[A-Za-zµ]+(?:/[A-Za-z]+)?)?)`)
	baselineWord   = regexp.MustCompile(`(?i)\bbaseline\b`)
	baselineColumn = newPhrases(
		"-baseline-", "-before-", "-vorher-", "-ausgangswert-", "-línea-base-", "-linha-de-base-", "-ligne-de-base-", "-базов", "基线", "基線", "기준선",
	)
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
		for _, c := range d.head(l).baselines {
			if c >= len(l.Cols.Cells) {
				break
			}
			if value := l.Cols.Plain()[c]; strings.ContainsAny(value, digits) && !strings.ContainsAny(value, "<>≤≥") {
				return l.name + " < " + value
			}
		}
		return ""
	}
	if l.place.baseline && l.box == noBox && l.use == free {
		if label, value, ok := cutColon(l.text); ok && isNumber(value) {
			return strings.TrimSpace(label) + " < " + strings.TrimSpace(value)
		}
	}
	if !l.has(hasBaseline) {
		return ""
	}
	m := baselineValue.FindStringSubmatch(l.text)
	label := l.text
	if said := baselineSaid.FindStringSubmatch(l.text); m == nil && said != nil { // "The baseline memory usage is 256 MB"
		return said[1] + " < " + said[2]
	}
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
