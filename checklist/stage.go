package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

const digits = "0123456789"

// blankSpace is what stands between words.
const blankSpace = " \t\n\f\r"

var (
	// traffic are the words by which a line says that a share of it moves.
	traffic = newPhrases(
		"-traffic-", "-canary-", "-rollout-", "-roll-out-", "-rolled-out-", "-rolling-out-", "-ramp-", "-ramped-", "-ramping-", "-users-",
		"-wave-", "-waves-", "-shift-", "-shifted-", "-trafic-", "-trafico-", "-tráfico-", "-trafiko-", "-трафик", "流量", "트래픽",
		"-usuarios-", "-usuários-", "-utilisateurs-", "-nutzer-", "-benutzer-", "-пользовател", "灰度", "用户", "用戶", "トラフィック", "カナリア",
		"사용자", "카나리",
	)
	stageWord = newWording(
		"stage", "step", "wave", "ramp", "canary", "phase", "rollout", "traffic",
		"stufe", "schritt", "welle", "étape", "vague", "etapa", "fase", "onda", "этап*", "шаг*", "волна", "трафик*", "tráfico", "trafic", "aşama",
		"阶段", "階段", "步骤", "流量", "灰度", "フェーズ", "ステップ", "段階", "단계", "트래픽",
	)
	// quantities are words that make a percentage a measurement or a bound
	// rather than a share of the traffic.
	quantities = newPhrases(
		"-gt-", "-lt-", "-ge-", "-le-", "-error-", "-errors-", "-latency-", "-rate-", "-success-", "-cpu-", "-memory-", "-coverage-",
		"-pass-", "-uptime-", "-availability-", "-below-", "-above-", "-under-", "-over-", "-drop-", "-increase-in-", "-decrease-", "-complete-",
	)
	// chain matches steps in one line: 10% → 25% → 50% → 100%.
	chain = regexp.MustCompile(`\d+(?:\.\d+)?\s?%(?:\s*(?:→|->|=>|➜|➔|⇒|,|/|then)\s*\d+(?:\.\d+)?\s?%)+`)
)

// isStage says whether a line shifts a share of the traffic.
func isStage(text string) bool {
	if !hasPercentage(text) {
		return false
	}
	var room [2 * maxTextSlug]byte
	words := appendSlug(room[:0], text)
	return standIn(&traffic, words) && !standIn(&quantities, words)
}

// hasPercentage says whether a percentage stands in a text.
func hasPercentage(text string) bool {
	for i := range len(text) {
		if text[i] == '%' && percentEnds(text, i) {
			return true
		}
	}
	return false
}

// percentages are the numbers before the percent signs of a text, as written:
// "12.5".
func percentages(text string) []string {
	var all []string
	for i := range len(text) {
		if text[i] != '%' || !percentEnds(text, i) {
			continue
		}
		number := strings.TrimRight(text[:i], blankSpace)
		from := len(strings.TrimRight(number, digits))
		if whole, ok := strings.CutSuffix(number[:from], "."); ok && len(strings.TrimRight(whole, digits)) < len(whole) {
			from = len(strings.TrimRight(whole, digits))
		}
		all = append(all, number[from:])
	}
	return all
}

// stages reads the traffic steps. A document may tell them several times, as
// tasks, headings, a table and in one line: the fullest telling counts, tasks
// before the others, because only they can be ticked, and of the others the one
// with the most holds.
func (d *document) stages() {
	tasks := d.taskStages()
	best, most := tasks, fullness(tasks)
	for _, told := range [][]Stage{d.headingStages(), d.tableStages(), d.lineStages()} {
		n := fullness(told)
		if n > most || n == most && most > fullness(tasks) && numHolds(told) > numHolds(best) {
			best, most = told, n
		}
	}
	names := titles{}
	for i := range best {
		best[i].Name = names.distinct(best[i].Name)
	}
	d.out.Stages = best
}

// fullness weighs a telling: the different shares, then whether it says how
// long to hold.
func fullness(told []Stage) int {
	shares := map[float64]bool{}
	holds := 0
	for _, s := range told {
		shares[s.Ratio] = true
		if s.Hold > 0 {
			holds = 1
		}
	}
	return 2*len(shares) + holds
}

// numHolds is how many of the stages say how long to hold.
func numHolds(told []Stage) int {
	n := 0
	for _, s := range told {
		if s.Hold > 0 {
			n++
		}
	}
	return n
}

// rising gives the fullest run of shares that only grow, at least once: what
// isn't a plan's telling of stages rarely does. nil for none.
func rising(told []Stage) []Stage {
	var best []Stage
	for from, i := 0, 1; i <= len(told); i++ {
		if i < len(told) && told[i].Ratio > told[i-1].Ratio {
			continue
		}
		if run := told[from:i]; len(run) > 1 && fullness(run) > fullness(best) {
			best = run
		}
		from = i
	}
	return best
}

// newStage makes a stage of a percentage as written; ok is false for none that
// a share of the traffic can be.
func newStage(percent string, line int, hold time.Duration) (s Stage, ok bool) {
	whole, fraction, _ := strings.Cut(percent, ".")
	if len(whole) > 3 || len(fraction) > 6 {
		return Stage{}, false
	}
	// Exactly as written: 12.5 is 0.125, not 12.5 / 100.
	whole = "000" + whole
	ratio, err := strconv.ParseFloat(whole[:len(whole)-2]+"."+whole[len(whole)-2:]+fraction, 64)
	if err != nil || ratio > 1 || ratio == 0 {
		return Stage{}, false
	}
	return Stage{Name: percent + "%", Line: line, Ratio: ratio, Hold: hold}, true
}

// taskStages reads stages from the plan's tasks: one task a stage, or a single
// task with all of them.
func (d *document) taskStages() []Stage {
	var out, longest []Stage
	var sections []int
	for i := range d.out.Tasks {
		t := &d.out.Tasks[i]
		if t.Kind == Contingency || t.State == Cancelled || !isStage(t.Text) {
			continue
		}
		at := d.taskLines[i]
		told := d.chainStages(at)
		for j := range told {
			told[j].Task, told[j].Shifted = t.ID, t.State == Done
		}
		if told != nil {
			if fullness(told) > fullness(longest) {
				longest = told
			}
			continue
		}
		if s, ok := newStage(percentages(t.Text)[0], t.Line, d.hold(at)); ok {
			s.Task, s.Shifted = t.ID, t.State == Done
			out, sections = append(out, s), append(sections, d.lines[at].place.section)
		}
	}
	if fullness(longest) > fullness(out) {
		return longest
	}
	return withoutMentions(out, sections)
}

// withoutMentions leaves out the stages that only mention a share: their section
// has fewer stages than another with the same share.
func withoutMentions(told []Stage, sections []int) []Stage {
	in := map[int]int{}
	most := map[float64]int{} // of a share, how many stages its fullest section has
	for _, section := range sections {
		in[section]++
	}
	for i, s := range told {
		most[s.Ratio] = max(most[s.Ratio], in[sections[i]])
	}
	if len(most) == len(told) {
		return told
	}
	var out []Stage
	for i, s := range told {
		if in[sections[i]] == most[s.Ratio] {
			out = append(out, s)
		}
	}
	return out
}

// chainStages reads the steps of one line; nil where it has no chain of rising
// shares.
func (d *document) chainStages(i int) []Stage {
	text := d.lines[i].text
	if strings.Count(text, "%") < 2 {
		return nil
	}
	steps := chain.FindString(text)
	if steps == "" {
		return nil
	}
	hold := time.Duration(0)
	if isPerStage(text) {
		hold = parseDuration(text)
	}
	for j := i + 1; hold == 0 && j < len(d.lines) && j <= i+5 && d.lines[j].place == d.lines[i].place; j++ {
		if isPerStage(d.lines[j].text) {
			hold = parseDuration(d.lines[j].text)
		}
	}
	var out []Stage
	for _, percent := range percentages(steps) {
		if s, ok := newStage(percent, d.lines[i].No, hold); ok {
			out = append(out, s)
		}
	}
	if len(rising(out)) < len(out) {
		return nil
	}
	return out
}

// lineStages reads stages from lines that are no tasks: the longest chain in
// one line, or items and labelled lines that each shift a share or several.
func (d *document) lineStages() []Stage {
	var single, all, longest []Stage
	for i := range d.lines {
		l := &d.lines[i]
		if l.task >= 0 || l.Kind == markdown.Heading || l.Kind == markdown.Row || l.place.contingency || !l.has(hasPercent) || !isStage(l.text) {
			continue
		}
		labelled := l.Kind == markdown.Item || l.bold == labelled && l.place.section >= 0
		if told := d.chainStages(i); told != nil {
			if len(told) > len(longest) {
				longest = told
			}
			if labelled {
				all = append(all, told...)
			}
			continue
		}
		if !labelled {
			continue
		}
		if s, ok := newStage(percentages(l.text)[0], l.No, d.hold(i)); ok {
			single, all = append(single, s), append(all, s)
		}
	}
	for _, told := range [][]Stage{rising(single), rising(all)} {
		if fullness(told) > fullness(longest) {
			longest = told
		}
	}
	return longest
}

// headingStages reads stages from headings such as "Stage 3: 25%". One counts
// as shifted when every task below it is done.
func (d *document) headingStages() []Stage {
	var out []Stage
	var heads []int // the indexes of their lines
	for i := range d.lines {
		l := &d.lines[i]
		if l.Kind != markdown.Heading && l.use != leading || l.place.contingency || !l.has(hasPercent) {
			continue
		}
		if !stageWord.in(l.text) || quantities.in(slug(l.text)) {
			continue
		}
		share := percentages(l.text)
		if len(share) != 1 {
			continue
		}
		if s, ok := newStage(share[0], l.No, 0); ok {
			out, heads = append(out, s), append(heads, i)
		}
	}
	if rising(out) == nil { // as in most documents, which spares the looking for holds
		return nil
	}
	for n, i := range heads {
		own, end := d.beneath(i)
		if out[n].Hold = stageLineHold(d.lines[i].text); out[n].Hold == 0 {
			out[n].Hold = d.holdBetween(i+1, own)
		}
		out[n].Shifted = d.allDone(i+1, end)
	}
	return rising(out)
}

// beneath says where that ends what stands beneath the heading or bold line at i:
// own up to the next heading of any level, all of it up to the next of its level.
func (d *document) beneath(i int) (own, all int) {
	l := &d.lines[i]
	for own = i + 1; own < len(d.lines) && d.lines[own].Kind != markdown.Heading; own++ {
		if l.use == leading && d.lines[own].use == leading {
			return own, own
		}
	}
	for all = own; l.use != leading && all < len(d.lines); all++ {
		if next := &d.lines[all]; next.Kind == markdown.Heading && next.Level <= l.Level {
			break
		}
	}
	return own, all
}

// allDone says whether the lines have tasks, all of them done or cancelled.
func (d *document) allDone(from, to int) bool {
	tasks := 0
	for _, l := range d.lines[from:to] {
		if l.task < 0 {
			continue
		}
		if s := d.out.Tasks[l.task].State; s != Done && s != Cancelled {
			return false
		}
		tasks++
	}
	return tasks > 0
}
