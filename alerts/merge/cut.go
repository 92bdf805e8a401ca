package merge

import (
	"fmt"
	"slices"
	"strings"
)

// What is added stands between a comment that begins with begin and one that
// says end.
const (
	begin = "# BEGIN cutover"
	end   = "# END cutover"

	beginBlock = begin + " (generated: what is changed in here gets lost)"
	// beginFlow marks what stands between brackets: the line break before it and
	// the blanks after its end were added, too.
	beginFlow = begin + ", inline (generated: what is changed in here gets lost)"
)

// cut takes everything out that stands between our comments.
func cut(name string, text []byte) ([]byte, error) {
	all := splitLines(text)
	out := text
	// From the last to the first: what comes after a place says how it ends.
	for last := len(all) - 1; last >= 0; last-- {
		switch content := all[last].content(text); {
		case begins(content):
			return nil, fmt.Errorf("%s:%d: %q without %q: take cutover's part out by hand", name, last+1, begin, end)
		case content != end:
			continue
		}
		first := last - 1
		for first >= 0 && !begins(all[first].content(text)) && all[first].content(text) != end {
			first--
		}
		if first < 0 || all[first].content(text) == end {
			return nil, fmt.Errorf("%s:%d: %q without %q: take cutover's part out by hand", name, last+1, end, begin)
		}
		out = cutLines(out, text, all, first, last)
		last = first
	}
	return out, nil
}

// begins says whether a line is the first of ours.
func begins(content string) bool {
	rest, ours := strings.CutPrefix(content, begin)
	return ours && (rest == "" || rest[0] == ' ' || rest[0] == ',')
}

// cutLines takes the lines from first to last of text out of out, which is text
// but for what was cut after them.
func cutLines(out, text []byte, all []line, first, last int) []byte {
	from, to := all[first].start, all[last].next
	switch {
	case strings.HasPrefix(all[first].content(text), beginFlow) && first > 0:
		from = all[first-1].end
		for pad := all[last].indent(text); pad > 0 && to < len(out) && out[to] == ' '; pad-- {
			to++
		}
	case all[last].end == len(out) && first > 0:
		from = all[first-1].end // at the end of a file without a last line break
	case theirsFollow(text, all, first, last):
		// Items were added to a list that we began: its key stays.
		key := all[first+1]
		return slices.Concat(out[:from], text[key.start:key.next], out[to:])
	}
	return slices.Concat(out[:from], out[to:])
}

// theirsFollow says whether the lines begin with a key, and an item of its list
// comes after them.
func theirsFollow(text []byte, all []line, first, last int) bool {
	key := all[first+1]
	if !slices.Contains([]string{"routes:", "inhibit_rules:", "receivers:"}, key.content(text)) {
		return false
	}
	for _, l := range all[last+1:] {
		content := l.content(text)
		if content == "" || content[0] == '#' {
			continue
		}
		return (content == "-" || strings.HasPrefix(content, "- ")) && l.indent(text) >= key.indent(text)
	}
	return false
}
