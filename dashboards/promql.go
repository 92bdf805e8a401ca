package dashboards

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cutover-dev/cutover/internal/series"
)

// ofChecklist selects what belongs to the checklist that the reader has chosen.
const ofChecklist = series.LabelChecklist + `="$checklist"`

// selectFrom is a PromQL selector.
func selectFrom(metric string, matchers ...string) string {
	return metric + "{" + strings.Join(matchers, ",") + "}"
}

// of selects a metric of the chosen checklist.
func of(metric string, matchers ...string) string {
	return selectFrom(metric, append([]string{ofChecklist}, matchers...)...)
}

// equals is a matcher for a label value that may hold anything.
func equals(label, value string) string { return label + "=" + quote(value) }

// maxBy takes replicas away: the highest value for each combination of labels.
func maxBy(labels, selector string) string { return fmt.Sprintf("max by (%s) (%s)", labels, selector) }

// minBy takes replicas away where the worst of them counts.
func minBy(labels, selector string) string { return fmt.Sprintf("min by (%s) (%s)", labels, selector) }

// orZero is 0 where expr has nothing.
func orZero(expr string) string { return fmt.Sprintf("(%s or vector(0))", expr) }

// withNumber gives the series of expr a label that holds the only value of
// number, so that a legend can say it.
func withNumber(expr, label, number string) string {
	return fmt.Sprintf(`%s * on () group_left (%s) count_values("%s", %s)`, expr, label, label, number)
}

// written gives each series of expr a label that holds its value as people write
// it, and 1 as its value. A table's column has one unit; this is how values of
// several units, or several values of one thing, come to stand in a row.
func written(by, label, expr string, sc scale) string {
	return labelled(fmt.Sprintf(`count_values by (%s) ("%s", round(%s * (%s), %s))`,
		by, label, number(sc.factor), expr, number(sc.round)), label, "$1"+sc.suffix, label)
}

// labelled gives the series of expr a label made from another one.
func labelled(expr, label, replacement, from string) string {
	return fmt.Sprintf(`label_replace(%s, "%s", %s, "%s", "(.*)")`, expr, label, strconv.Quote(replacement), from)
}

// constant gives the series of expr a label with a fixed value.
func constant(expr, label, value string) string {
	return fmt.Sprintf(`label_replace(%s, "%s", %s, "", "")`, expr, label, quote(strings.ReplaceAll(value, "$", "$$")))
}

// span writes a number of seconds as people do: 40 s, 15 min, 48 h.
func span(by, label, seconds string) string {
	return strings.Join([]string{
		written(by, label, seconds+" < 120", scale{1, " s", 1}),
		written(by, label, "("+seconds+" >= 120) < 7200", scale{1.0 / 60, " min", 1}),
		written(by, label, seconds+" >= 7200", scale{1.0 / 3600, " h", 0.1}),
	}, " or ")
}

// dash is what a table shows where there is no value.
const dash = "–"

// withText adds a label of texts to the series of expr. Those that texts says
// nothing about, of all the series in all, get a dash.
func withText(expr, by, label, texts, all string) string {
	return fmt.Sprintf("%s * on (%s) group_left (%s) (%s or on (%s) %s)", expr, by, label, one(texts), by, constant(one(all), label, dash))
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// one makes every value of expr 1 and keeps its labels.
func one(expr string) string { return fmt.Sprintf("(0 * (%s) + 1)", expr) }
