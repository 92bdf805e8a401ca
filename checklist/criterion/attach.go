package criterion

// subject is what a bound is about.
type subject struct {
	*meaning           // shared with the tables
	known     bool     // the tables know it
	placed    bool     // it stands in a heading, not in the line
	nouns     string   // of a weak one, all the words of the label it stands in
	quantiles []string // as shares, "0.95"; several in "P95/P99"
	phrase    string   // as written, for the reasons
}

// clause is a part of a line that is read by itself, with its bounds.
type clause struct {
	phrases  []phrase
	bounds   []bound
	free     int      // the first phrase that no earlier bound has taken
	previous *subject // of the bound before, or of what the clause stands under
	hint     *unit    // the unit last seen, for numbers that have none
	moved    movement // of the bound before
	warns    bool     // speaks of alerts
	scales   bool     // speaks of adding and removing instances
	inCell   bool     // stands in a table cell beside the row's label
}

// region is a stretch of a clause's phrases.
type region struct{ from, to int }

// before is what stands between the bound before and bound n, after what
// stands between bound n and the next.
func (c *clause) before(n int) region { return region{c.free, c.bounds[n].first} }

func (c *clause) after(n int) region {
	to := len(c.phrases)
	if n+1 < len(c.bounds) {
		to = c.bounds[n+1].first
	}
	return region{c.bounds[n].last + 1, to}
}

// subjects finds what bound n is about; several for "CPU and memory < 80%".
func (c *clause) subjects(n int, changed bool) []subject {
	b := c.bounds[n]
	a := c.phrases[b.at].amount
	before := c.before(n)
	ahead := c.signalsBefore(before, a, changed)
	behind := c.signalAfter(c.after(n), a, changed, n)
	var found []subject
	switch {
	case behind >= 0 && (len(ahead) == 0 || c.phrases[ahead[0]].weak || !c.phrases[behind].weak && c.apart(ahead[len(ahead)-1], b.first)):
		found = []subject{c.known(behind)}
		c.free = behind + 1
	case len(ahead) > 0:
		for _, i := range ahead {
			found = append(found, c.known(i))
		}
	}
	quantiles := c.quantiles(n, before)
	if len(found) == 0 {
		found = c.unnamed(n, a, changed, quantiles)
	}
	for i := range found {
		if len(quantiles) > 0 {
			found[i].quantiles = quantiles
		}
	}
	return found
}

func (c *clause) known(i int) subject {
	return subject{meaning: c.phrases[i].meaning, known: true, phrase: c.phrases[i].text}
}

// signalsBefore finds the nearest signal before a bound that fits it, with
// those joined to it by "and" or a slash. A signal in parentheses qualifies
// the one before them: "page load time (LCP)".
func (c *clause) signalsBefore(r region, a *amount, changed bool) []int {
	nearest, depth := -1, 0
	for i := r.to - 1; i >= r.from; i-- {
		p := c.phrases[i]
		switch p.class {
		case closeParen:
			depth++
		case openParen:
			depth--
		case signal:
			if !fits(p.meaning, a, changed) {
				continue
			}
			if nearest >= 0 {
				if c.joined(i, nearest) && !p.weak {
					return []int{i, nearest}
				}
				if !c.phrases[nearest].weak || p.weak {
					return []int{nearest}
				}
			}
			nearest = i
			if depth > 0 {
				if head := c.headBefore(r, i, a, changed); head >= 0 {
					return []int{head}
				}
			}
		}
	}
	if nearest < 0 {
		return nil
	}
	return []int{nearest}
}

// headBefore finds the signal before the parenthesis that i stands in.
func (c *clause) headBefore(r region, i int, a *amount, changed bool) int {
	for i > r.from && c.phrases[i].class != openParen {
		i--
	}
	for j := i - 1; j >= r.from; j-- {
		if c.phrases[j].class == signal && fits(c.phrases[j].meaning, a, changed) {
			return j
		}
	}
	return -1
}

// joined says whether two signals share a bound.
func (c *clause) joined(i, j int) bool {
	for k := i + 1; k < j; k++ {
		if c.phrases[k].class != joiner && c.phrases[k].class != filler {
			return false
		}
	}
	if j == i+1 || c.phrases[i+1].class != joiner {
		return false
	}
	for i--; i >= c.free && c.phrases[i].class == filler; i-- {
	}
	return i < c.free || c.phrases[i].class != quantity // "95% of tests passing and coverage > 80%"
}

// signalAfter finds a signal right behind a bound: "< 5% error rate". Two
// plain words may stand between, and a change ("10% drop in business metrics").
func (c *clause) signalAfter(r region, a *amount, changed bool, n int) int {
	plains := 0
	for i := r.from; i < r.to; i++ {
		p := c.phrases[i]
		switch p.class {
		case signal:
			if !fits(p.meaning, a, changed) {
				if p.weak {
					continue
				}
				return -1
			}
			if i+1 == r.to && n+1 < len(c.bounds) && c.bounds[n+1].by == compare {
				return -1 // the next bound's
			}
			return i
		case plainWord, percentile, load:
			if plains++; plains > 2 {
				return -1
			}
		case filler, change, baseline:
		default:
			return -1
		}
	}
	return -1
}

// apart says whether punctuation parts a signal from the bound behind it.
func (c *clause) apart(i, first int) bool {
	for _, p := range c.phrases[i:first] {
		if p.class == openParen || p.class == comma || p.class == colon || p.class == dash {
			return true
		}
	}
	return false
}

func isQuantile(p phrase) bool { return p.class == percentile && p.value != "" }

// quantiles finds the quantiles of bound n: before it, or right behind it
// without belonging to the next bound.
func (c *clause) quantiles(n int, r region) []string {
	var found []string
	parted := false
	for i := r.from; i < r.to; i++ {
		switch p := c.phrases[i]; {
		case p.class == condition || p.class == warning || p.class == colon:
			parted = true
		case isQuantile(p) && parted:
			found, parted = []string{p.value}, false // "response time (p50, p95): alert if p95 > 200ms"
		case isQuantile(p):
			found = append(found, p.value)
		}
	}
	if len(found) > 0 {
		return found
	}
	next := c.after(n)
	last := n+1 == len(c.bounds)
	for i := next.from; i < next.to; i++ {
		switch p := c.phrases[i]; p.class {
		case percentile:
			if p.value == "" {
				continue
			}
			if !last && !c.separated(region{i + 1, next.to}) {
				return nil
			}
			c.free = max(c.free, i+1)
			return []string{p.value}
		case comma, joiner, dash:
			return nil
		}
	}
	return nil
}

func (c *clause) separated(r region) bool {
	for i := r.from; i < r.to; i++ {
		switch c.phrases[i].class {
		case comma, closeParen, joiner, dash:
			return true
		}
	}
	return false
}

// fits says whether a signal can have such an amount.
func fits(m *meaning, a *amount, changed bool) bool {
	if a.unit.times || changed && a.is(Ratio) {
		return !m.weak || m.signal == ErrorRatio
	}
	share := a.is(Ratio) || a.bare() && !a.scaled && a.value.compare(one) < 0
	switch m.signal {
	case ErrorRatio:
		return share || a.bare() && m.weak
	case SuccessRatio, TestPassRatio, Availability, CPU:
		return share
	case Latency:
		return a.is(Seconds) && !(m.weak && seconds(a) >= 60) // "update the page within 5 minutes"
	case Throughput:
		return a.is(RequestsPerSecond) || a.bare() && !m.weak
	case Memory:
		return a.is(Bytes) || a.is(Ratio)
	case Business:
		return !a.is(Seconds) && !a.is(Bytes)
	}
	switch m.subject {
	case "performance":
		return a.is(Ratio) || a.bare()
	case "score":
		return !a.is(Seconds) // 75分 is 75 points
	case "mtbf":
	default:
		if m.signal == Other && m.good == Greater && a.is(Seconds) {
			return false // "< 100ms for cache hits" is no share of hits
		}
	}
	return !m.weak || !a.bare()
}
