package criterion

// findLabel finds the cell that names the row: of those up to the first compared
// one, the first with a signal that can have the amount compared ("| Performance |
// API latency | < 200 ms |"), else the first with any signal, else the first with a
// word in it; -1 for none.
func (w *row) findLabel() int {
	word, named := -1, -1
	a := w.firstCompared()
	for i := range w.cells {
		if word >= 0 && w.compared == 0 {
			break
		}
		compared := false
		for _, p := range w.phrases(i) {
			switch {
			case p.class == percentile, p.class == signal && (!p.weak || named >= 0):
				if p.class == percentile || a == nil || fits(p.meaning, a, false) && !tiny(p.signal, a) {
					return i
				}
				if named < 0 {
					named = i
				}
			case word < 0 && (p.class == plainWord && len(p.text) > 1 || p.class == signal || p.class == rollback):
				word = i
			}
			compared = compared || isCompare(p)
		}
		if compared && max(word, named) >= 0 {
			break
		}
	}
	if named >= 0 {
		return named
	}
	return word
}

// tiny says whether an amount is less than any availability: "| Availability |
// error rate | < 0.1% |".
func tiny(s Signal, a *amount) bool {
	return s == Availability && a.is(Ratio) && a.value.compare(half) < 0
}

// firstCompared gives the first amount of the row that a comparator stands before;
// nil where none does.
func (w *row) firstCompared() *amount {
	for i := range w.cells {
		if !holdsComparison(w.cells[i].text) {
			continue
		}
		ph := w.phrases(i)
		for j := 1; j < len(ph); j++ {
			if isCompare(ph[j-1]) && ph[j].class == quantity {
				return ph[j].amount
			}
		}
	}
	return nil
}

// quantilesIn gives the quantiles that phrases name.
func quantilesIn(ph []phrase) []string {
	var found []string
	for _, p := range ph {
		if isQuantile(p) {
			found = append(found, p.value)
		}
	}
	return found
}

// subjectOf gives the subject that a label or a heading names. The signal before a
// parenthesis is its head; a strong one goes before a weak one.
func subjectOf(ph []phrase) subject {
	best := -1
	quantiles := quantilesIn(ph)
	inside := false
	for i, p := range ph {
		switch {
		case p.class == openParen:
			inside = true
		case p.class != signal:
		case best < 0 || ph[best].weak || !inside && !p.weak:
			best = i
		}
	}
	c := &clause{phrases: ph}
	if best >= 0 && !ph[best].weak {
		s := c.known(best)
		s.quantiles = quantiles
		return s
	}
	nouns := c.nouns(region{0, len(ph)})
	if best >= 0 {
		s := c.known(best)
		s.quantiles, s.nouns = quantiles, nouns
		return s
	}
	if ofTime(quantiles, nouns) {
		return subject{meaning: &latency, known: true, quantiles: quantiles, phrase: "a quantile"}
	}
	return subject{meaning: &meaning{class: signal, signal: Other, subject: nouns}, phrase: nouns}
}

// labelMovement gives the change that a row's label is about: "Throughput drop".
// "Improved accuracy" is about none.
func labelMovement(ph []phrase) movement {
	for i, p := range ph {
		if p.class == change && i > 0 && ph[i-1].class == signal {
			return movement{change: p.change, better: p.better, named: true}
		}
	}
	return movement{}
}
