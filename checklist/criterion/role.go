package criterion

import (
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// role decides which way a criterion decides, and whether anything may.
//
// A bound that can't be a target (an alert's, a scaling rule's, "error rate >
// 5%") and isn't said to be a reason to roll back is advisory: measured as a
// target it would always be missed, as a rollback criterion it would page for
// what nobody wrote.
func (r *reader) role(crit Criterion, s subject, b bound, c *clause) (role Role, advisory bool) {
	good, bad := sides(crit, s.good)
	here := r.place.stance(r.Scratch)
	if r.said == trigger || here != procedure && r.said == alerting && here != trigger && here != retreat {
		here = r.said
	}
	if r.row != nil && r.row.ordersRollback() {
		here = trigger
	}
	switch {
	case here == trigger && !good && s.subject != "rollback time":
		return Rollback, false
	case here == retreat && bad:
		return Rollback, false
	case bad || c.scales || !good && (here == alerting || b.by == warning || c.warns):
		return Target, true
	}
	return Target, false
}

// speaks finds out whether a clause speaks of alerts, or of adding and removing
// instances.
func speaks(ph []phrase) (ofAlerts, ofScaling bool) {
	for _, p := range ph {
		if p.class == warning {
			ofAlerts = true
			ofScaling = ofScaling || p.subject == "scaling"
		}
	}
	return ofAlerts, ofScaling
}

// sides says whether a comparison holds on the good or on the bad side of a
// signal; neither where that depends on the signal and nobody knows it.
func sides(crit Criterion, good Comparison) (isGood, isBad bool) {
	if good == "" {
		return false, false
	}
	low := crit.Comparison == Less || crit.Comparison == LessOrEqual
	wantsLow := good == Less
	if crit.Change == Decrease {
		wantsLow = !wantsLow
	}
	return low == wantsLow, low != wantsLow
}

// saidIn finds what a cell or a sentence itself says: "→ Rollback", "roll back
// if", "alert when". To roll back must be what follows from something.
func saidIn(ph []phrase) stance {
	said := neutral
	follows, back := false, false
	for i, p := range ph {
		switch p.class {
		case condition, arrow:
			follows = true
		case rollback:
			back = true
			follows = follows || i > 0 && (ph[i-1].class == colon || ph[i-1].class == dash || ph[i-1].class == comma)
			next := skip(ph, i+1, closeParen)
			follows = follows || next < len(ph) && ph[next].class == colon
		case warning:
			said = alerting
		}
	}
	if follows && back {
		return trigger
	}
	return said
}

// unmarked takes emphasis, code spans and blanks away.
var unmarked = strings.NewReplacer("*", "", "`", "", "__", "", "~~", "")

// maxName bounds the subject of a named demand, in bytes.
const maxName = 100

// named reads a demand without a number: under a heading that states when to
// roll back, every line names a reason.
func (r *reader) named(text string) {
	if r.place.stance(r.Scratch) != trigger {
		return
	}
	name := strings.TrimSpace(unmarked.Replace(lexicon.Clean(text)))
	if strings.HasSuffix(name, ",") || strings.HasSuffix(name, ":") || strings.HasPrefix(name, "(") {
		return // code, an introduction, an aside
	}
	smoke := r.topics(name).has(aboutFunction)
	for _, aside := range []string{" - ", " – ", " — ", " ("} {
		name, _, _ = strings.Cut(name, aside)
	}
	name = strings.ToLower(strings.TrimRight(name, ".;! "))
	if len(name) > maxName || !r.namesEvent(name) {
		return
	}
	crit := Criterion{Role: Rollback, Kind: Declared, Signal: Other, Subject: name, For: r.held}
	if smoke {
		crit.Kind = Smoke
	}
	r.reading.Criteria = append(r.reading.Criteria, crit)
}

// namesEvent says whether a line can be the name of an event. Fields ("Status:
// open"), code and introductions ("Any of:") name none.
func (s *Scratch) namesEvent(name string) bool {
	return s.hasWord(name) && !strings.ContainsAny(name, ":={}|;[]_\"$#") && !strings.Contains(name, "//") &&
		strings.Count(name, "(") == strings.Count(name, ")") && !s.startsWith(aboutAction, name)
}

// startsWith says whether a text begins with a word of the class.
func (s *Scratch) startsWith(c class, text string) bool {
	m, _ := headings().Match(s.lex(lexicon.Clean(text)))
	return m != nil && m.class == c
}

func (s *Scratch) hasWord(text string) bool {
	return slices.ContainsFunc(s.lex(text), func(tok lexicon.Token) bool { return tok.Kind == lexicon.Word })
}
