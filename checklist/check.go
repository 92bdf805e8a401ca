package checklist

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

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
	section  string // where sections share no place: none says an environment, or the words only look alike
}

func measureOf(c *Criterion) measure {
	m := measure{c.Signal, c.Subject, c.Quantile, c.Unit, c.Change, c.Scope, ""}
	if c.Scope.Environment == "" || c.Signal == criterion.Other {
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
	l := d.demanding[i]
	return l.place.conditional || l.Kind == markdown.Row && !d.isTargetRow(i) ||
		conditional.in(slug(d.out.Criteria[i].Text)) || isCase(d.out.Criteria[i].Text)
}

// isTargetRow says whether the one criterion of a table's row is a target: most
// tables have columns for what is good and what is bad.
func (d *document) isTargetRow(i int) bool {
	l := d.demanding[i]
	if i > 0 && d.demanding[i-1] == l || i+1 < len(d.demanding) && d.demanding[i+1] == l {
		return false
	}
	slugs := d.head(l).slugs
	return slices.ContainsFunc(slugs, targetColumn.in) && !slices.ContainsFunc(slugs, conditionalHeading.in)
}

var targetColumn = newPhrases("-target-", "-goal-", "-required-", "-slo-", "-ziel-", "-objetivo-", "-meta-", "-objectif-", "-cible-", "-цель-", "-目标-", "-目标值-", "-目標-", "-목표-")

// isCase says whether a text names what to do in the case of a value: "CPU > 80%:
// scale out", "done < 25% → refund".
func isCase(text string) bool {
	at := strings.IndexAny(text, "<>≤≥")
	if at < 0 {
		return false
	}
	for _, then := range []string{": ", wideColon, "→", "=> "} {
		if k := strings.Index(text[at:], then); k > 0 && strings.ContainsFunc(text[at+k:], unicode.IsLetter) && strings.ContainsAny(text[at:at+k], digits) {
			return true
		}
	}
	return false
}

func upper(c criterion.Comparison) bool { return c == criterion.Less || c == criterion.LessOrEqual }

// bounds are the tightest demands on one measure.
type bounds struct{ above, below *Criterion }

// checkBounds warns of targets that exclude each other, and of targets that
// allow what a rollback criterion forbids.
func (d *document) checkBounds() {
	var targets, rollbacks measures
	for i := range d.out.Criteria {
		c := &d.out.Criteria[i]
		switch {
		case !c.Quantified():
			continue
		case c.Role == criterion.Rollback:
			rollbacks.of(live(measureOf(c))).add(c)
			continue
		case c.Signal == criterion.Other && c.Task == "", d.isConditional(i):
			continue // what only the words tell and nobody ticks is a rule as often as a target
		}
		targets.of(measureOf(c)).add(c)
	}
	for _, b := range targets.inLines {
		if b.above != nil && b.below != nil && b.above.Line != b.below.Line && b.above.Value >= b.below.Value {
			later, earlier := inOrder(b.above, b.below)
			d.out.warn(later.Line, "%q and %q on line %d exclude each other", later.Text, earlier.Text, earlier.Line)
		}
		for _, target := range []*Criterion{b.above, b.below} {
			if target != nil {
				d.checkRollback(target, rollbacks.bounds[live(measureOf(target))])
			}
		}
	}
}

// checkRollback warns where a target allows what the rollback criteria of its
// measure forbid: they bound the other way round, "> 1 %" demands at most 1 %.
func (d *document) checkRollback(target *Criterion, b *bounds) {
	if b == nil {
		return
	}
	bound, allows := b.above, false
	if upper(target.Comparison) {
		allows = bound != nil && target.Value > bound.Value
	} else if bound = b.below; bound != nil {
		allows = target.Value < bound.Value
	}
	if allows {
		d.out.warn(target.Line, "the target %q allows what %q on line %d rolls back", target.Text, bound.Text, bound.Line)
	}
}

// live gives a measure as what is rolled back measures it: in production, whose
// sections needn't say so.
func live(m measure) measure {
	m.section = ""
	if m.scope.Environment == "" {
		m.scope.Environment = "production"
	}
	return m
}

// add adds a criterion to the bounds on its measure: of targets the tightest is
// kept, of rollback criteria the first to be met.
func (b *bounds) add(c *Criterion) {
	tightest := c.Role == criterion.Target
	if upper(c.Comparison) {
		b.below = tighter(b.below, c, tightest)
	} else {
		b.above = tighter(b.above, c, !tightest)
	}
}

// measures are the bounds on everything that is measured.
type measures struct {
	bounds  map[measure]*bounds
	inLines []*bounds // in the order of the document
}

// of gives the bounds on a measure.
func (all *measures) of(m measure) *bounds {
	b := all.bounds[m]
	if b == nil {
		if all.bounds == nil {
			all.bounds = make(map[measure]*bounds)
		}
		b = &bounds{}
		all.bounds[m] = b
		all.inLines = append(all.inLines, b)
	}
	return b
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
