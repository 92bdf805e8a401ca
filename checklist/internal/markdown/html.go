package markdown

import (
	"regexp"
	"strings"
)

// startHTML reads the beginning of an HTML block. The specification knows seven
// kinds, by how they begin and end; the seventh can't interrupt a paragraph.
func (b *blocks) startHTML(matched int, rest string) bool {
	kind := htmlKind(rest)
	if kind == 0 || kind == 7 && b.leaf == paragraph {
		return false
	}
	b.openLeaf(matched, htmlBlock)
	b.html = kind
	if kind < 6 && htmlEnds(kind, rest) {
		b.leaf = noLeaf
	}
	return true
}

// wholeTag matches a line with one opening or closing tag and nothing else.
var wholeTag = regexp.MustCompile(`^<(?:[A-Za-z][A-Za-z0-9-]*` +
	`(?:[ \t]+[A-Za-z_:][A-Za-z0-9_.:-]*(?:[ \t]*=[ \t]*(?:[^ \t"'=<>` + "`" + `]+|'[^']*'|"[^"]*"))?)*` +
	`[ \t]*/?|/[A-Za-z][A-Za-z0-9-]*[ \t]*)>[ \t]*$`)

// maxTag bounds how long a tag may be that begins an HTML block of the seventh
// kind, in bytes.
const maxTag = 2000

// htmlKind is the kind of HTML block that a line begins; 0 for none.
func htmlKind(rest string) int {
	switch {
	case len(rest) < 2:
		return 0
	case strings.HasPrefix(rest, "<!--"):
		return 2
	case rest[1] == '?':
		return 3
	case strings.HasPrefix(rest, "<![CDATA["):
		return 5
	case rest[1] == '!':
		if len(rest) > 2 && isLetter(rest[2]) {
			return 4
		}
		return 0
	}
	name := rest[1:]
	closing := name[0] == '/'
	if closing {
		name = name[1:]
	}
	n := 0
	for n < len(name) && n < 12 && (isLetter(name[n]) || '0' <= name[n] && name[n] <= '9') {
		n++
	}
	if n == 0 {
		return 0
	}
	tag, behind := strings.ToLower(name[:n]), name[n:]
	parted := behind == "" || behind[0] == ' ' || behind[0] == '\t' || behind[0] == '>'
	switch tag {
	case "script", "pre", "style", "textarea":
		if parted && !closing {
			return 1
		}
	default:
		if blockTags[tag] && (parted || strings.HasPrefix(behind, "/>")) {
			return 6
		}
	}
	if len(rest) <= maxTag && wholeTag.MatchString(rest) {
		return 7
	}
	return 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// htmlEnds says whether an HTML block of one of the first five kinds ends on a
// line.
func htmlEnds(kind int, line string) bool {
	switch kind {
	case 1:
		low := strings.ToLower(line)
		return strings.Contains(low, "</script>") || strings.Contains(low, "</pre>") ||
			strings.Contains(low, "</style>") || strings.Contains(low, "</textarea>")
	case 2:
		return strings.Contains(line, "-->")
	case 3:
		return strings.Contains(line, "?>")
	case 4:
		return strings.Contains(line, ">")
	}
	return strings.Contains(line, "]]>")
}

// blockTags are the tags that begin an HTML block of the sixth kind.
var blockTags = func() map[string]bool {
	tags := map[string]bool{}
	for tag := range strings.FieldsSeq("address article aside base basefont blockquote body caption center col colgroup " +
		"dd details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head " +
		"header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option p param section " +
		"source summary table tbody td tfoot th thead title tr track ul") {
		tags[tag] = true
	}
	return tags
}()
