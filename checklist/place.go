package checklist

import (
	"strings"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// place is where lines stand: below the same headings.
type place struct {
	section     int      // index into Checklist.Sections; -1 above the first
	sectionSlug string   // of the title as written: two sections of one title share it
	group       string   // distinct title; empty for none
	groupSlug   string   // of the title as written
	headings    []string // outermost first, without the document's title; a bold line that leads counts
	environment string
	test        string // slug of the load test; empty outside of one
	contingency bool
	approving   bool // below a heading about signing
	baseline    bool // right below a heading about the values of today
	conditional bool // right below a heading about what to do when a value goes wrong

	demanding *criterion.Place // the same place as the criterion reader knows it
}

// heading is one that is open where the reading stands.
type heading struct {
	level       int // 1 to 6; 7 for a bold line
	title       string
	slug        string // without what stands in parentheses, unless that is all
	environment string // what the title names
	contingency bool
	approving   bool // is about signing
	conditional bool // is about what to do when a value goes wrong
	loadTest    bool
	demanding   *criterion.Place
}

func newHeading(level int, title string) heading {
	var room [2 * maxTextSlug]byte
	whole := appendSlug(room[:0], title) // "(Rollback)" counts, too
	h := heading{level: level, title: title, slug: bounded(string(whole), maxHeadingSlug)}
	if bare := withoutAsides(title); bare != title {
		if s := slug(bare); s != "" {
			h.slug = bounded(s, maxHeadingSlug)
		}
	}
	if !standIn(&tellingWords, whole) {
		return h
	}
	h.approving = level > 1 && approving.in(h.slug)
	h.conditional = level > 1 && standIn(&conditionalHeading, whole)
	h.environment = environmentOf(string(whole))
	h.loadTest = standIn(&loadTests, whole)
	h.contingency = standIn(&rollbackWords, whole) && (level > 1 || !rollbackToo.MatchString(title)) || level > 1 && standIn(&rollbackElsewhere, whole)
	return h
}

const boldLevel = 7

// places finds title, sections and groups, and gives every line its place.
func (d *document) places() {
	p := &placer{document: d, top: criterion.At(nil), open: make([]heading, 0, boldLevel), sections: titles{}, groups: titles{}}
	p.here = &place{section: -1, demanding: p.top}
	for i := range d.lines {
		l := &d.lines[i]
		switch {
		case l.Kind == markdown.Heading:
			l.use = meta
			p.heading(i)
		case l.bold == boldAlone && l.box == noBox && l.Parent < 0 && l.Kind == markdown.Text && p.leads(i):
			l.use = leading
			p.boldLine(i)
		}
		l.place = p.here
	}
}

// placer walks the document and knows what is open.
type placer struct {
	*document
	top             *criterion.Place // above all headings
	here            *place
	open            []heading
	sections        titles
	groups          titles // of the section
	hasGroups       bool   // the section has an H3
	lastEnvironment string // of the section before
}

func (p *placer) heading(i int) {
	l := &p.lines[i]
	title := headingTitle(l)
	for len(p.open) > 0 && p.open[len(p.open)-1].level >= int(l.Level) {
		p.open = p.open[:len(p.open)-1]
	}
	if l.Level == 1 && p.out.Title == "" && len(p.out.Sections) == 0 {
		p.out.Title = title
	}
	p.enter(newHeading(int(l.Level), title))
	next := place{section: -1}
	switch {
	case l.Level == 2:
		p.openSection(i, title, &next)
	case l.Level > 2:
		next = *p.here
		if l.Level == 3 {
			p.openGroup(l.No, title, &next)
		}
	}
	p.settle(&next)
	switch {
	case l.Level == 2:
		p.out.Sections[next.section].Environment = next.environment
	case l.Level == 3 && next.section >= 0:
		p.groupEnvironment()
	}
}

// enter opens a heading. The document's title says nothing about what is
// demanded below it.
func (p *placer) enter(h heading) {
	h.demanding = p.top
	if n := len(p.open); n > 0 {
		h.demanding = p.open[n-1].demanding
	}
	if h.level > 1 {
		h.demanding = h.demanding.Under(h.title)
	}
	p.open = append(p.open, h)
}

// groupEnvironment notes the environment of the group that just opened.
func (p *placer) groupEnvironment() {
	groups := p.out.Sections[p.here.section].Groups
	groups[len(groups)-1].Environment = p.here.environment
}

// headingTitle is a heading's text without the box and the signs of a state
// around it: a section keeps its name while its state changes.
func headingTitle(l *line) string {
	m := cutBox(l.Raw, true)
	title := l.text
	if m.box == gfmBox || m.box == oddBox {
		title = markdown.Plain(m.rest)
	}
	if bare := strings.TrimFunc(title, isStateSign); bare != "" {
		return bare
	}
	return title
}

func isStateSign(r rune) bool {
	return signState(r) != "" || r == ' ' || r == '\uFE0F' || strings.ContainsRune("🔄🟡🟢🔴🟠⚪⏸⏱⚠", r)
}

// boldLine takes a bold line for the heading of what follows, and for a group
// where the section has no H3.
func (p *placer) boldLine(i int) {
	l := &p.lines[i]
	for len(p.open) > 0 && p.open[len(p.open)-1].level >= boldLevel {
		p.open = p.open[:len(p.open)-1]
	}
	p.enter(newHeading(boldLevel, l.label))
	next := *p.here
	group := next.section >= 0 && !p.hasGroups && p.tasksBeneath(i)
	if group {
		p.openGroup(l.No, l.label, &next)
	}
	p.settle(&next)
	if group {
		p.groupEnvironment()
	}
}

// openSection starts a section at an H2.
func (p *placer) openSection(i int, title string, next *place) {
	if n := len(p.out.Sections); n > 0 && p.out.Sections[n-1].Environment != "" {
		p.lastEnvironment = p.out.Sections[n-1].Environment
	}
	p.hasGroups = p.groupsBeneath(i)
	next.section = len(p.out.Sections)
	next.sectionSlug = p.open[len(p.open)-1].slug
	p.out.Sections = append(p.out.Sections, Section{Line: p.lines[i].No, Title: p.sections.distinct(orUntitled(title))})
	clear(p.groups)
}

// openGroup starts a group in the section that next is in.
func (p *placer) openGroup(line int, title string, next *place) {
	next.groupSlug = p.open[len(p.open)-1].slug
	if next.section < 0 {
		next.group = title
		return
	}
	s := &p.out.Sections[next.section]
	next.group = p.groups.distinct(orUntitled(title))
	s.Groups = append(s.Groups, Group{Line: line, Title: next.group})
}

// orUntitled names a heading without a title.
func orUntitled(title string) string {
	if title == "" {
		return "(untitled)"
	}
	return title
}

// settle derives what the headings say and makes next the place of the lines
// that follow.
func (p *placer) settle(next *place) {
	next.headings, next.demanding = make([]string, 0, len(p.open)), p.open[len(p.open)-1].demanding
	next.contingency, next.approving = false, false
	for _, h := range p.open {
		if h.level > 1 {
			next.headings = append(next.headings, h.title)
		}
		next.contingency = next.contingency || h.contingency
		next.approving = next.approving || h.approving
		next.conditional = h.conditional
		next.baseline = strings.Contains(h.slug, "baseline")
	}
	next.environment, next.test = p.scope()
	p.here = next
}

// leads says whether a bold line labels what follows: something does, in the
// same section, and it isn't a role that signs.
func (p *placer) leads(i int) bool {
	if i+1 >= len(p.lines) {
		return false
	}
	next := &p.lines[i+1]
	if next.Kind == markdown.Heading || next.bold == boldAlone {
		return false
	}
	part, _ := signature(next.text)
	return part == ""
}

// groupsBeneath says whether the section that opens at line i has an H3.
func (p *placer) groupsBeneath(i int) bool {
	for _, l := range p.lines[i+1:] {
		if l.Kind == markdown.Heading && l.Level <= 3 {
			return l.Level == 3
		}
	}
	return false
}

// tasksBeneath says whether tasks follow line i before the next heading or bold
// line.
func (p *placer) tasksBeneath(i int) bool {
	if decision.in(p.lines[i].label) {
		return false
	}
	for _, l := range p.lines[i+1:] {
		if l.Kind == markdown.Heading || l.bold == boldAlone && l.Kind == markdown.Text {
			return false
		}
		if l.box != noBox && l.box != badge {
			return true
		}
	}
	return false
}

// section is the section a line stands in; nil above the first.
func (d *document) section(l *line) *Section {
	if l.place.section < 0 {
		return nil
	}
	return &d.out.Sections[l.place.section]
}

// sectionTitle is the title of the section a line stands in.
func (d *document) sectionTitle(l *line) string {
	if s := d.section(l); s != nil {
		return s.Title
	}
	return ""
}

// withoutAsides gives a title with a space in the place of all that stands in
// parentheses or brackets.
func withoutAsides(title string) string {
	if !strings.ContainsAny(title, "([") {
		return title
	}
	var out strings.Builder
	out.Grow(len(title))
	for i := 0; i < len(title); {
		if n := aside(title[i:]); n > 0 {
			out.WriteByte(' ')
			i += n
			continue
		}
		out.WriteByte(title[i])
		i++
	}
	return out.String()
}

// aside is the length of the aside that a text begins with: "(…)" or "[…]" with
// none inside; 0 for none.
func aside(text string) int {
	pair := "()"
	switch text[0] {
	case '(':
	case '[':
		pair = "[]"
	default:
		return 0
	}
	if i := strings.IndexAny(text[1:], pair); i >= 0 && text[1+i] == pair[1] {
		return 1 + i + 1
	}
	return 0
}
