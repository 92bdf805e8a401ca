package rollout

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cutover-dev/cutover/checklist"
)

// Test is a test of a running service, as far as it takes to tell what it
// proves.
type Test struct {
	Environment string // where the service runs; empty: the tests know no environments
	Suite, Name string // "smoke", "health"
	Baseline    bool   // it tests the old version

	// Python is the version that it wants the service to run: "3.13" is any
	// 3.13. Empty: it asks for none.
	Python string
	// Proves names the tasks that it proves, each by its ID or its text. It
	// proves no others then.
	Proves []string
}

// WellKnown are the tests that the table of claims knows, in no environment.
func WellKnown() []Test {
	var tests []Test
	for _, row := range claims {
		for _, needed := range row.tests {
			for name := range strings.SplitSeq(needed, "|") {
				suite, test, _ := strings.Cut(name, "/")
				known := slices.ContainsFunc(tests, func(t Test) bool { return t.is(name) })
				if test != "*" && !known {
					tests = append(tests, Test{Suite: suite, Name: test})
				}
			}
		}
	}
	return tests
}

// Evidence says which tests prove which tasks: for the ID of a task the
// indices of its tests, ascending.
//
// A test proves the tasks that it names, and a test that names none those that
// the table of claims gives it. It counts for tasks of its environment, and one
// without an environment for all. Tasks that stand in no environment are
// proven by tests without one, and by those of an environment that a heading
// above the task names ("Integration Testing"). A task like "Run smoke tests"
// with tasks nested under it is proven by the tests of those, if each of them
// has one.
//
// Tests of the old version prove nothing about the new one, and contingency
// tasks are never proven: what they name is the old version again.
func Evidence(c *checklist.Checklist, tests []Test) map[string][]int {
	evidence := make(map[string][]int)
	python := ExpectedPython(c)
	for i, t := range c.Tasks {
		if t.Kind != checklist.Plan {
			continue
		}
		p := place{checklist: c, index: i, task: t, python: python}
		used := make([]bool, len(tests))
		p.named(tests, used)
		if t.Leaf || !smokeTests[plain(t.Text)] {
			p.claimed(tests, used)
		}
		if indices := trueIndices(used); indices != nil {
			evidence[t.ID] = indices
		}
	}
	for _, t := range c.Tasks {
		if t.Kind == checklist.Plan && !t.Leaf && smokeTests[plain(t.Text)] && evidence[t.ID] == nil {
			if all := together(c, t.ID, evidence, len(tests)); all != nil {
				evidence[t.ID] = all
			}
		}
	}
	return evidence
}

// Named are the IDs of the tasks that a reference names: that of the ID, or
// else those of the text, in any case and without regard to punctuation. Only
// tasks of the plan can be proven, so only they have a name.
func Named(c *checklist.Checklist, reference string) []string {
	var byText []string
	for _, t := range c.Tasks {
		switch {
		case t.Kind != checklist.Plan:
		case t.ID == reference:
			return []string{t.ID}
		case sameText(t.Text, reference):
			byText = append(byText, t.ID)
		}
	}
	return byText
}

// smokeTests are tasks that claim what the tasks nested under them claim.
var smokeTests = map[string]bool{"smoke tests": true, "all smoke tests": true}

// place is a task with what its place says about it.
type place struct {
	checklist *checklist.Checklist
	index     int // of the task
	task      checklist.Task
	python    string // the version the checklist migrates to
}

// headings are what stands above the task in plain words: the section, the
// group and the tasks it is nested under.
func (p place) headings() string {
	above := words(p.task.Section) + " | " + words(p.task.Group)
	earlier := p.checklist.Tasks[:p.index]
	for parent := p.task.Parent; parent != ""; {
		at := slices.IndexFunc(earlier, func(t checklist.Task) bool { return t.ID == parent })
		if at < 0 {
			break
		}
		above += " | " + words(earlier[at].Text)
		parent, earlier = earlier[at].Parent, earlier[:at]
	}
	return above
}

// counts says whether a test speaks about the place.
func (p place) counts(t Test) bool {
	switch {
	case t.Baseline:
		return false
	case t.Environment == "", strings.EqualFold(t.Environment, p.task.Environment):
		return true
	}
	return p.task.Environment == "" && hasWord(p.headings(), words(t.Environment))
}

// named marks the tests that name the task. An ID is its own; a text may be
// that of several tasks, of which a test means those of its environment and
// those that stand in none.
func (p place) named(tests []Test, used []bool) {
	for i, t := range tests {
		for _, reference := range t.Proves {
			byID := reference == p.task.ID
			byText := sameText(reference, p.task.Text) && (p.counts(t) || p.task.Environment == "")
			if !t.Baseline && (byID || byText) {
				used[i] = true
			}
		}
	}
}

// claimed marks the tests that the table gives the task.
func (p place) claimed(tests []Test, used []bool) {
	claim, said, asides, versions := read(p.task.Text)
	for _, row := range claims {
		if !slices.Contains(row.claims, claim) || !row.fits(p.headings(), said, asides) {
			continue
		}
		want, ok := row.version(versions, p.python)
		if !ok {
			continue
		}
		marks := make([]bool, len(tests))
		if row.mark(tests, marks, func(t Test) bool {
			return len(t.Proves) == 0 && p.counts(t) && (want == "" || isRelease(t.Python, want))
		}) {
			for i, m := range marks {
				used[i] = used[i] || m
			}
		}
	}
}

// fits says whether a claim means in its place what the row means. Said tells
// of a claim that it holds or is to be tried: a mere name in a list may be
// something that was built.
func (r row) fits(headings string, said bool, asides []string) bool {
	for _, a := range asides {
		if !slices.Contains(r.asides, a) {
			return false
		}
	}
	about := subjects[r.about]
	if about != nil && !about.MatchString(headings) {
		return false
	}
	return !r.tested && (said || r.stated) || ofTesting.MatchString(headings)
}

// version is the version of Python that a claim is about, empty if it is about
// none; ok is false if it names versions that the row knows nothing about.
func (r row) version(named []string, expected string) (want string, ok bool) {
	switch {
	case !r.python:
		return "", len(named) == 0
	case len(named) == 1:
		return named[0], true
	default: // which of several, nobody knows
		return expected, len(named) == 0 && expected != ""
	}
}

// isRelease says whether whoever asks for a version asks for one of want's
// releases: 3.13.0 is one of 3.13, not the other way round.
func isRelease(version, want string) bool {
	return version == want || strings.HasPrefix(version, want+".")
}

// mark marks the tests of the row that count. It says false where one is
// missing: then nothing is proven.
func (r row) mark(tests []Test, marks []bool, counts func(Test) bool) bool {
	for _, needed := range r.tests {
		there := false
		for i, t := range tests {
			if slices.ContainsFunc(strings.Split(needed, "|"), t.is) && counts(t) {
				marks[i], there = true, true
			}
		}
		if !there {
			return false
		}
	}
	return true
}

// is says whether the test has a name of the table.
func (t Test) is(name string) bool {
	suite, test, _ := strings.Cut(name, "/")
	return t.Suite == suite && (test == "*" || t.Name == test)
}

// together is the evidence of all tasks directly under one, nil if any of them
// has none.
func together(c *checklist.Checklist, parent string, evidence map[string][]int, tests int) []int {
	used := make([]bool, tests)
	for _, t := range c.Tasks {
		if t.Parent != parent {
			continue
		}
		if len(evidence[t.ID]) == 0 {
			return nil
		}
		for _, i := range evidence[t.ID] {
			used[i] = true
		}
	}
	return trueIndices(used)
}

func trueIndices(used []bool) []int {
	var indices []int
	for i, u := range used {
		if u {
			indices = append(indices, i)
		}
	}
	return indices
}

// subjects are what headings can be about, ofTesting whether they speak of it.
var (
	subjects = map[string]*regexp.Regexp{
		"database": regexp.MustCompile(`\b(?:databases?|postgres|postgresql|sql)\b`),
		"cache":    regexp.MustCompile(`\b(?:cache|caching|redis)\b`),
		"api":      regexp.MustCompile(`\b(?:apis?|endpoints?|backend)\b`),
	}
	ofTesting = regexp.MustCompile(`\b(?:tests?|testing|validations?|validate|verifications?|verify|checks|smoke|acceptance)\b`)
)

var (
	parenthesis = regexp.MustCompile(`\(([^()]*)\)`)
	version     = regexp.MustCompile(`\bv?(\d+(?:\.\d+)+)\b`)
	blank       = regexp.MustCompile(`__|[☐☑☒]`)
)

// sayingBefore and sayingAfter are words around a claim that say no more than
// that it holds or is to be tried.
var (
	sayingBefore = wordSet("run execute verify check confirm test validate that the")
	sayingAfter  = wordSet("is are was were has have been ok okay working works functional correct correctly responding responds " +
		"reachable healthy good established run executed passed passes passing pass succeeded successful verified confirmed validated tested")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// read takes a text apart: its claim in plain words, whether there is a word
// around it that says it holds or is to be tried, what stands in parentheses,
// and the versions. A text with something to fill in claims nothing yet.
func read(text string) (claim string, said bool, asides, versions []string) {
	if blank.MatchString(text) {
		return "", false, nil, nil
	}
	for _, m := range version.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(versions, m[1]) {
			versions = append(versions, m[1])
		}
	}
	text = version.ReplaceAllString(text, " ")
	for _, m := range parenthesis.FindAllStringSubmatch(text, -1) {
		if aside := words(m[1]); aside != "" {
			asides = append(asides, aside)
		}
	}
	claim = plain(text)
	return claim, claim != words(parenthesis.ReplaceAllString(text, " ")), asides, versions
}

// plain is the claim of a text without case, punctuation, version numbers,
// remarks in parentheses, and the words that only say it holds. One word is
// left at least.
func plain(text string) string {
	left := strings.Fields(words(parenthesis.ReplaceAllString(version.ReplaceAllString(text, " "), " ")))
	for len(left) > 1 && sayingBefore[left[0]] {
		left = left[1:]
	}
	for len(left) > 1 && sayingAfter[left[len(left)-1]] {
		left = left[:len(left)-1]
	}
	return strings.Join(left, " ")
}

// words are a text's, in lower case, with a blank between them.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}), " ")
}

// hasWord says whether words contain a word, or several in a row.
func hasWord(words, word string) bool {
	return word != "" && strings.Contains(" "+words+" ", " "+word+" ")
}

// sameText compares texts by their words.
func sameText(a, b string) bool { return words(a) != "" && words(a) == words(b) }
