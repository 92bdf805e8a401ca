package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	trafficWord = regexp.MustCompile(`(?i)\btraffic\b|\bcanary\b|\broll(?:ed)?[ -]?out\b|\bramp(?:ed)?\b|\busers\b|\bwave\b|\bshift(?:ed)?\b`)
	percentage  = regexp.MustCompile(`(\d+(?:\.\d+)?)\s?%`)
	// quantity matches what makes a percentage a measurement or a bound rather
	// than a share of the traffic.
	quantity  = regexp.MustCompile(`(?i)[<>≤≥]|\b(?:error|latency|rate|success|cpu|memory|coverage|pass|uptime|availability|below|above|under|over|drop|increase in|decrease)\b`)
	watchWord = regexp.MustCompile(`(?i)\b(?:monitor\w*|hold|soak\w*|bake|wait|observ\w*|watch\w*|stabili\w*|verif\w*|stay|run|min|minimum|for)\b`)
	duration  = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s?(?:[-–]\s?\d+(?:\.\d+)?\s?)?\+?[ -]?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)\b`)
)

const digits = "0123456789"

// isStage says whether a line shifts a share of the traffic.
func isStage(text string) bool {
	return strings.IndexByte(text, '%') > 0 && trafficWord.MatchString(text) && percentage.MatchString(text) && !quantity.MatchString(text)
}

// stages reads the traffic steps from the plan's tasks, with the hold in the
// line or in what is nested below it.
func (d *document) stages() {
	names := map[string]bool{}
	for i, t := range d.out.Tasks {
		if t.Kind == Contingency || !isStage(t.Text) {
			continue
		}
		m := percentage.FindStringSubmatch(t.Text)
		percent, err := strconv.ParseFloat(m[1], 64)
		if err != nil || percent > 100 {
			continue
		}
		name := m[1] + "%"
		for n := 2; names[name]; n++ {
			name = m[1] + "% (" + strconv.Itoa(n) + ")"
		}
		names[name] = true
		d.out.Stages = append(d.out.Stages, Stage{
			Name: name, Line: t.Line, Task: t.ID, Ratio: ratio(m[1]), Hold: d.hold(d.taskLines[i]), Shifted: t.State == Done,
		})
	}
}

// ratio gives a percentage as a share, exactly as written: 12.5 is 0.125.
func ratio(percent string) float64 {
	whole, fraction, _ := strings.Cut(percent, ".")
	whole = "000" + whole
	v, _ := strconv.ParseFloat(whole[:len(whole)-2]+"."+whole[len(whole)-2:]+fraction, 64)
	return v
}

// hold looks for how long to watch: in the line itself, then in the lines
// nested below it.
func (d *document) hold(i int) time.Duration {
	if h := holdIn(d.lines[i].text); h > 0 {
		return h
	}
	for j := i + 1; j < len(d.lines) && d.nestedIn(j, i); j++ {
		if h := holdIn(d.lines[j].text); h > 0 {
			return h
		}
	}
	return 0
}

// nestedIn says whether line j is nested in item i.
func (d *document) nestedIn(j, i int) bool {
	for p := d.lines[j].Parent; p >= i; p = d.lines[p].Parent {
		if p == i {
			return true
		}
	}
	return false
}

func holdIn(text string) time.Duration {
	if !strings.ContainsAny(text, digits) || !watchWord.MatchString(text) {
		return 0
	}
	return parseDuration(text)
}

// parseDuration reads the first duration in a text: "15 minutes", "2+ hours",
// of a range the shorter end. 0 for none.
func parseDuration(text string) time.Duration {
	m := duration.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil || n > 1e6 {
		return 0
	}
	unit := time.Second
	switch strings.ToLower(m[2])[0] {
	case 'm':
		unit = time.Minute
	case 'h':
		unit = time.Hour
	case 'd':
		unit = 24 * time.Hour
	case 'w':
		unit = 7 * 24 * time.Hour
	}
	return time.Duration(n * float64(unit))
}
