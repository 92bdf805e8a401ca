package checklist

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of the parts of an ID, in bytes. What is longer is cut, and a hash
// of the whole keeps it distinct.
const (
	maxHeadingSlug = 48
	maxTextSlug    = 72
	maxID          = 200
)

// slug writes text as lower-case words joined by "-". Letters of every script
// stay, comparisons and per cent become words: "Error rate >1%" is
// "error-rate-gt-1pct".
func slug(text string) string {
	var room [2 * maxTextSlug]byte
	return string(appendSlug(room[:0], text))
}

// appendSlug appends the slug of a text to nothing, or to the parts of an ID
// before it, which end with a slash.
func appendSlug(out []byte, text string) []byte {
	var before rune
	for i, r := range text {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			out = append(out, byte(r))
		case 'A' <= r && r <= 'Z':
			out = append(out, byte(r)|0x20)
		case r == ' ':
			out = parted(out)
		case isSmall(r):
			out = utf8.AppendRune(out, r)
		case r == '%':
			if !unicode.IsDigit(before) {
				out = parted(out)
			}
			out = parted(append(out, "pct"...))
		case r == '\'' || r == '’':
			// "don't" is one word
		case r == '<' || r == '>' || r == '≤' || r == '≥':
			out = append(parted(out), comparison(r, before, text[i+utf8.RuneLen(r):])...)
			out = parted(out)
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && begun(out) && r != 0xFE0F && r != 0x20E3:
			out = utf8.AppendRune(out, unicode.ToLower(r))
		default:
			out = parted(out)
		}
		before = r
	}
	return bytes.TrimSuffix(out, []byte("-"))
}

// parted ends the word that a slug ends with.
func parted(slug []byte) []byte {
	if !begun(slug) || slug[len(slug)-1] == '-' {
		return slug
	}
	return append(slug, '-')
}

// begun says whether anything of a slug is written, behind the parts before it.
func begun(slug []byte) bool { return len(slug) > 0 && slug[len(slug)-1] != '/' }

// isSmall says whether r is a small letter or one of a script without capitals,
// as far as that can be said without a search: Cyrillic, kana, Han, Hangul.
func isSmall(r rune) bool {
	switch {
	case r < 0x430:
		return false
	case r <= 0x44F, 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FA, 0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3:
		return true
	}
	return false
}

// comparison is the word for a comparison sign; empty for one that is part of an
// arrow.
func comparison(r, before rune, rest string) string {
	or := strings.HasPrefix(rest, "=")
	switch {
	case r == '≥':
		return "ge"
	case r == '≤':
		return "le"
	case r == '>' && before != '-' && before != '=' && or:
		return "ge"
	case r == '>' && before != '-' && before != '=':
		return "gt"
	case r == '<' && or:
		return "le"
	case r == '<' && !strings.HasPrefix(rest, "-"):
		return "lt"
	}
	return ""
}

// bounded cuts a slug to at most n bytes, at a word where there is one, and
// marks the cut with a hash of the whole.
func bounded(s string, n int) string {
	if len(s) <= n {
		return s
	}
	h := fnv.New64a()
	h.Write([]byte(s))
	sum := fmt.Sprintf("-%06x", h.Sum64()&0xffffff)
	cut := n - len(sum)
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	if i := strings.LastIndexAny(s[:cut], "-/"); i > n/2 {
		cut = i
	}
	return s[:cut] + sum
}

var (
	// filler matches the words people fill in, with a remark in parentheses.
	filler = regexp.MustCompile(`(?i)^(?:n/?a|none|no|yes|ok|okay|done|pending|tbd|tba|passed|pass|failed|fail|met|exceeded|not met|unknown|nil|zero)\b(?:\s*%(?:\s\pL+)*)?[\s.!]*(?:\(.*)?$`)
)

// isFillLabel says whether a label's value is always filled in, by its last word.
func isFillLabel(label string) bool {
	switch lastWord(label) {
	case "by", "name", "date", "reason", "note", "notes", "comment", "comments", "link", "url", "ticket", "owner",
		"signature", "actual", "result", "started", "finished", "ended", "id":
		return true
	}
	return false
}

// isDemandLabel says whether a label's value is demanded, not filled in.
func isDemandLabel(label string) bool {
	switch lastWord(label) {
	case "target", "targets", "threshold", "thresholds", "goal", "goals", "limit", "limits", "max", "maximum", "min",
		"minimum", "sla", "slo", "required", "expected", "baseline", "timeout", "budget":
		return true
	}
	return false
}

// lastWord is the word that a text ends with, in lower case; empty where it ends
// otherwise or with a long one.
func lastWord(text string) string {
	const longest = len("thresholds")
	i := len(text)
	for i > 0 && isWordByte(text[i-1]) {
		i--
	}
	if len(text)-i > longest {
		return ""
	}
	return strings.ToLower(text[i:])
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// isNumber says whether a text begins with a number as people fill it in: "0.05 %",
// "~45 ms", "+12", "$3".
func isNumber(text string) bool {
	if r, n := utf8.DecodeRuneInString(text); strings.ContainsRune("~≈+±−$€£-", r) {
		text = text[n:]
	}
	if text != "" && strings.IndexByte(blankSpace, text[0]) >= 0 {
		text = text[1:]
	}
	return text != "" && '0' <= text[0] && text[0] <= '9'
}

// isFiller says whether filler matches, which few first letters allow.
func isFiller(value string) bool {
	return value != "" && strings.IndexByte("nyodptfmeuz", value[0]|0x20) >= 0 && filler.MatchString(value)
}

// maxLabels is how many colons of a line are tried for a label.
const maxLabels = 8

// stableText gives the part of a line's text that stays when its blanks and
// choices are filled: "Error rate" of "Error rate: 0.05 % (target: <0.1%)".
func stableText(text string) string {
	if c, ok := parseChoice(text); ok && c.Label != "" {
		return c.Label
	}
	if isStage(text) {
		return text
	}
	if strings.IndexByte(text, ':') < 0 {
		return text
	}
	hasTarget := targetBehind(text) && filledTarget.MatchString(text)
	for at, colons := 0, 0; ; colons++ {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 || colons == maxLabels {
			return text
		}
		at += i + 1
		rest := text[at:]
		value := strings.TrimLeft(rest, " \t")
		if value == rest && rest != "" { // 10:30, http://
			continue
		}
		label := strings.TrimSpace(text[:at-1])
		if label == "" {
			continue
		}
		label = label[max(0, len(label)-maxHeadingSlug):] // its end is what tells
		switch {
		case strings.HasPrefix(value, "___"), hasTarget, isFillLabel(label) && value != "":
			return text[:at-1]
		case (isNumber(value) || isFiller(value)) && !isDemandLabel(label):
			return text[:at-1]
		}
	}
}

// appendTextSlug appends the slug of a line's text, stable when blanks are
// filled.
func appendTextSlug(out []byte, text string) []byte {
	n := len(out)
	out = appendSlug(out, stableText(text))
	if len(out) == n {
		out = appendSlug(out, text)
	}
	switch {
	case len(out) == n:
		return append(out, "task"...)
	case len(out)-n > maxTextSlug:
		return append(out[:n], bounded(string(out[n:]), maxTextSlug)...)
	}
	return out
}

// ids gives every task its ID: the slugs of section, group and text, below the
// item it is nested in that item's ID and the text. The first of several equal
// ones keeps the bare slug wherever a numbered one would get in its way.
func (d *document) ids() {
	d.names = newNames(len(d.out.Tasks))
	levels := d.tasksByDepth()
	for _, tasks := range levels {
		ids := make([]string, len(tasks))
		for n, i := range tasks {
			ids[n] = d.baseID(d.lineOf(i))
		}
		d.names.assign(ids)
		for n, i := range tasks {
			d.out.Tasks[i].ID, d.lineOf(i).id = ids[n], ids[n]
		}
	}
	for i := range d.out.Tasks {
		l := d.lineOf(i)
		if l.Parent >= 0 {
			d.out.Tasks[i].Parent = d.taskID(&d.lines[l.Parent])
		}
	}
}

// tasksByDepth are the indexes of the tasks that are nested in nothing, in one
// item, in two and so on.
func (d *document) tasksByDepth() [][]int {
	levels := [][]int{make([]int, 0, len(d.taskLines))}
	for i, at := range d.taskLines {
		depth := 0
		for up := d.lines[at].Parent; up >= 0; up = d.lines[up].Parent {
			depth++
		}
		for len(levels) <= depth {
			levels = append(levels, nil)
		}
		levels[depth] = append(levels[depth], i)
	}
	return levels
}

// baseID is a line's ID before it is made distinct.
func (d *document) baseID(l *line) string {
	var room [maxID]byte
	id := room[:0]
	if l.Parent >= 0 {
		parent := &d.lines[l.Parent]
		if parent.id == "" {
			parent.id = d.baseID(parent)
		}
		id = appendTextSlug(append(append(id, parent.id...), '/'), l.name)
		return bounded(string(id), maxID)
	}
	if section := l.place.sectionSlug; section != "" {
		id = append(append(id, section...), '/')
	}
	if group := l.place.groupSlug; group != "" {
		id = append(append(id, group...), '/')
	}
	name := l.name
	if l.place.approving {
		if label, _, ok := roleLine(name); ok && role.in(label) {
			name = label // whoever signs there
		}
	}
	return string(appendTextSlug(id, name))
}

// titles keeps what people wrote distinct: of several alike the second is
// "Deploy (2)".
type titles map[string]int // the number last given to a title; 0 for one that is free

func (t titles) distinct(title string) string {
	seen := t[title]
	if seen == 0 {
		t[title] = 1
		return title
	}
	for n := seen + 1; ; n++ {
		if out := title + " (" + strconv.Itoa(n) + ")"; t[out] == 0 {
			t[out], t[title] = 1, n
			return out
		}
	}
}

// names keeps IDs distinct.
type names struct {
	taken map[string]struct{}
	next  map[string]int // the number to try next for a base
}

func newNames(size int) *names {
	return &names{taken: make(map[string]struct{}, size), next: map[string]int{}}
}

// assign makes IDs distinct: the first of each stays, further ones get "-2",
// "-3".
func (n *names) assign(ids []string) {
	var again []int
	for i, id := range ids {
		if _, taken := n.taken[id]; taken {
			again = append(again, i)
			continue
		}
		n.taken[id] = struct{}{}
	}
	for _, i := range again {
		ids[i] = n.numbered(ids[i])
	}
}

// distinct makes one ID distinct.
func (n *names) distinct(id string) string {
	one := []string{id}
	n.assign(one)
	return one[0]
}

func (n *names) numbered(base string) string {
	for k := max(n.next[base], 2); ; k++ {
		id := base + "-" + strconv.Itoa(k)
		if _, ok := n.taken[id]; !ok {
			n.taken[id] = struct{}{}
			n.next[base] = k + 1
			return id
		}
	}
}
