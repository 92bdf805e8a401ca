package dashboards

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// zeroWidthSpace keeps two characters from being read as one sign without
// being seen.
const zeroWidthSpace = "\u200b"

// maxText is how many characters of one text a board shows; a line of a
// checklist may be megabytes long.
const maxText = 160

// literal makes a text safe where Grafana interpolates: $name, ${name} and
// [[name]] in its own texts, {{name}} in a legend. It is shown as it stands, in
// one line.
func literal(s string) string {
	var out strings.Builder
	var before rune
	for _, r := range clip(s) {
		if interpolates(before, r) {
			out.WriteString(zeroWidthSpace)
		}
		out.WriteRune(r)
		before = r
	}
	return out.String()
}

// interpolates says whether Grafana may take two characters for the beginning
// of a variable.
func interpolates(a, b rune) bool {
	switch a {
	case '$':
		return b == '{' || b == '_' || b < unicode.MaxASCII && (unicode.IsLetter(b) || unicode.IsDigit(b))
	case '[', '{':
		return a == b
	}
	return false
}

// clip makes a text one printable line of at most maxText characters.
func clip(s string) string {
	var out strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if n == maxText {
			return out.String() + "…"
		}
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r): // control and direction marks
			continue
		}
		out.WriteRune(r)
		n++
	}
	return out.String()
}

// markdownSigns are the characters that Markdown or HTML may read as markup.
var markdownSigns = regexp.MustCompile("[\\\\`*_{}\\[\\]()#+!|~<>&:.-]")

// markdown makes a text safe in a description, which Grafana renders as
// Markdown: every sign becomes a character reference.
func markdown(s string) string {
	return markdownSigns.ReplaceAllStringFunc(literal(s), func(m string) string {
		return "&#" + strconv.Itoa(int(m[0])) + ";"
	})
}

// literalURL keeps Grafana from interpolating a URL.
func literalURL(u string) string {
	return strings.NewReplacer("$", "%24", "[[", "%5B%5B").Replace(u)
}

// quote writes a PromQL string. Grafana interpolates queries before Prometheus
// parses them, so what it would take for a variable is written as an escape.
func quote(s string) string {
	return strings.NewReplacer("$", `\u0024`, "[[", `\u005b\u005b`).Replace(strconv.Quote(s))
}
