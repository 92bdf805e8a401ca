package checklist

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

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
}

// heading is one that is open where the reading stands.
type heading struct {
	level int // 1 to 6; 7 for a bold line
	title string
}

const boldLevel = 7

// places finds title, sections and groups, and gives every line its place.
func (d *document) places() {
	p := &placer{document: d, titles: map[string]int{}, lastEnvironment: ""}
	p.here = &place{section: -1}
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
	here            *place
	open            []heading
	titles          map[string]int // how often a title was seen, of sections and "section\x00group"
	hasGroups       bool           // the section has an H3
	lastEnvironment string         // of the section before
}

func (p *placer) heading(i int) {
	l := &p.lines[i]
	title := l.text
	for len(p.open) > 0 && p.open[len(p.open)-1].level >= l.Level {
		p.open = p.open[:len(p.open)-1]
	}
	if l.Level == 1 && p.out.Title == "" && len(p.out.Sections) == 0 {
		p.out.Title = title
	}
	p.open = append(p.open, heading{l.Level, title})
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
}

// boldLine takes a bold line for the heading of what follows, and for a group
// where the section has no H3.
func (p *placer) boldLine(i int) {
	l := &p.lines[i]
	for len(p.open) > 0 && p.open[len(p.open)-1].level >= boldLevel {
		p.open = p.open[:len(p.open)-1]
	}
	p.open = append(p.open, heading{boldLevel, l.label})
	next := *p.here
	if next.section >= 0 && !p.hasGroups && p.tasksBeneath(i) {
		p.openGroup(l.No, l.label, &next)
	}
	p.settle(&next)
}

// openSection starts a section at an H2.
func (p *placer) openSection(i int, title string, next *place) {
	if n := len(p.out.Sections); n > 0 && p.out.Sections[n-1].Environment != "" {
		p.lastEnvironment = p.out.Sections[n-1].Environment
	}
	p.hasGroups = p.groupsBeneath(i)
	next.section = len(p.out.Sections)
	next.sectionSlug = headingSlug(title)
	p.out.Sections = append(p.out.Sections, Section{Line: p.lines[i].No, Title: p.distinct("", title)})
}

// openGroup starts a group in the section that next is in.
func (p *placer) openGroup(line int, title string, next *place) {
	next.groupSlug = headingSlug(title)
	if next.section < 0 {
		next.group = title
		return
	}
	s := &p.out.Sections[next.section]
	next.group = p.distinct(s.Title, title)
	s.Groups = append(s.Groups, Group{Line: line, Title: next.group})
}

// distinct numbers a title that was there before in the same section.
func (p *placer) distinct(section, title string) string {
	if title == "" {
		title = "(untitled)"
	}
	out := title
	for n := 2; ; n++ {
		key := section + "\x00" + out
		if p.titles[key] == 0 {
			p.titles[key]++
			return out
		}
		out = fmt.Sprintf("%s (%d)", title, n)
	}
}

// settle derives what the headings say and makes next the place of the lines
// that follow.
func (p *placer) settle(next *place) {
	next.headings = nil
	next.contingency = false
	next.environment, next.test = "", ""
	for _, h := range p.open {
		if h.level > 1 {
			next.headings = append(next.headings, h.title)
		}
		if rollbackWord.MatchString(h.title) && (h.level > 1 || !rollbackToo.MatchString(h.title)) {
			next.contingency = true
		}
	}
	next.environment, next.test = p.scope(next.headings)
	if next.section >= 0 {
		s := &p.out.Sections[next.section]
		if s.Environment == "" && len(s.Groups) == 0 {
			s.Environment = next.environment
		}
		if n := len(s.Groups); n > 0 && s.Groups[n-1].Title == next.group && s.Groups[n-1].Environment == "" {
			s.Groups[n-1].Environment = next.environment
		}
	}
	p.here = next
}

var (
	rollbackWord = regexp.MustCompile(`(?i)\broll(?:ing|ed)?[ -]?back|\bback[ -]?out\b`)
	// rollbackToo matches a document's title that names rolling back beside
	// what the document is about: "Deployment and Rollback Plan".
	rollbackToo = regexp.MustCompile(`(?i)(?:&|\+|/|,|\band|\bwith|\bor)\s*(?:roll[ -]?back|back[ -]?out)`)
)

// environments, in the order in which they are looked for in a heading.
var environments = []struct {
	name  string
	words *regexp.Regexp
}{
	{"", regexp.MustCompile(`(?i)\bpre[ -]?prod(?:uction)?\b.*\b(?:check|verif|valid|review|read|prepar)`)},
	{"staging", regexp.MustCompile(`(?i)\bstaging\b|\bstage env|\bstg\b|\bpre[ -]?prod(?:uction)?\b`)},
	{"production", regexp.MustCompile(`(?i)\bproduction\b|\bprod\b|\bpost[ -]?(?:deploy|release|launch|migration|upgrade|cutover)|\bgo[ -]?live\b|\bblue[ /-]*green\b|\bhypercare\b`)},
	{"production", rollbackWord},
	{"uat", regexp.MustCompile(`(?i)\buat\b|\buser acceptance\b`)},
	{"qa", regexp.MustCompile(`(?i)\bqa env`)},
	{"test", regexp.MustCompile(`(?i)\btest env`)},
	{"development", regexp.MustCompile(`(?i)\bdevelopment\b|\bdev\b|\blocal env`)},
}

var (
	loadTest  = regexp.MustCompile(`(?i)\b(?:load|stress|soak|spike|endurance|capacity|volume)[ -]?test`)
	loadShape = regexp.MustCompile(`(?i)\b(?:load|stress|soak|spike|endurance|capacity|volume|peak|sustained|burst|ramp)\b`)
)

// scope reads the innermost heading that names an environment, and the load
// test the headings are about. A load test runs where the section before it
// did.
func (p *placer) scope(headings []string) (environment, test string) {
	isLoad := slices.ContainsFunc(headings, loadTest.MatchString)
	for _, h := range slices.Backward(headings) {
		if test == "" && isLoad && loadShape.MatchString(h) {
			test = headingSlug(h)
		}
		if environment == "" {
			environment = environmentOf(h)
		}
	}
	if environment == "" && isLoad {
		environment = p.lastEnvironment
	}
	return environment, test
}

func environmentOf(heading string) string {
	for _, e := range environments {
		if e.words.MatchString(heading) {
			return e.name
		}
	}
	return ""
}

// leads says whether a bold line labels what follows: something does, in the
// same section, and it isn't a role that signs.
func (p *placer) leads(i int) bool {
	if i+1 >= len(p.lines) {
		return false
	}
	next := &p.lines[i+1]
	return next.Kind != markdown.Heading && next.bold != boldAlone && !signature.MatchString(next.text)
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
	if decision.MatchString(p.lines[i].label) {
		return false
	}
	for _, l := range p.lines[i+1:] {
		if l.Kind == markdown.Heading || l.bold == boldAlone && l.Kind == markdown.Text {
			return false
		}
		if l.box != noBox {
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

// headingSlug is a heading's slug: without what stands in parentheses, unless
// that is all.
func headingSlug(title string) string {
	bare := parenthetical.ReplaceAllString(title, " ")
	if s := slug(bare); s != "" {
		return bounded(s, maxHeadingSlug)
	}
	return bounded(slug(strings.TrimSpace(title)), maxHeadingSlug)
}

var parenthetical = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]`)
