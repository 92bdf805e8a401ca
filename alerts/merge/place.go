package merge

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// place is where a text is to be inserted.
type place struct {
	offset int
	text   string
}

// insert puts texts into another; those for the same place in their order.
func insert(text []byte, places []place) []byte {
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.offset, b.offset) })
	var out []byte
	at := 0
	for _, p := range places {
		out = append(out, text[at:p.offset]...)
		out = append(out, p.text...)
		at = p.offset
	}
	return append(out, text[at:]...)
}

// places finds where the sections go.
func (d *document) places(sections []section) ([]place, error) {
	var out []place
	for _, s := range sections {
		parentKey, parent := (*yaml.Node)(nil), d.root
		if s.below != "" {
			parentKey, parent = find(d.root, s.below)
			if parent == nil {
				return nil, d.errorAt(d.root.Line, fmt.Sprintf("no %s: there is nothing to merge into, so use the whole alertmanager.yml", s.below))
			}
			if parent.Kind != yaml.MappingNode {
				return nil, d.errorAt(parent.Line, fmt.Sprintf("%s has no keys that cutover's could be added to: write it out", s.below))
			}
		}
		p, err := d.place(parentKey, parent, s)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// place finds where a section goes in a mapping, whose key is nil at the top.
func (d *document) place(parentKey, parent *yaml.Node, s section) (place, error) {
	key, list := find(parent, s.key)
	flow := parent.Style&yaml.FlowStyle != 0
	switch {
	case list == nil && flow:
		return d.between(parent, '{', []string{s.key + ": [" + strings.Join(s.flow, ", ") + "]"}), nil
	case list == nil && parentKey == nil:
		return d.atEnd(d.block(0, withKey(s))), nil
	case list == nil:
		return d.below(parentKey, d.block(parent.Content[0].Column-1, withKey(s))), nil
	case list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle != 0:
		return d.between(list, '[', s.flow), nil
	case list.Kind == yaml.SequenceNode:
		return d.below(key, d.block(d.dash(key), s.block)), nil
	case list.Kind == yaml.ScalarNode && list.Tag == "!!null" && list.Value == "" && !flow:
		return d.below(key, d.block(key.Column+1, s.block)), nil
	case list.Kind == yaml.AliasNode:
		return place{}, d.errorAt(list.Line, fmt.Sprintf("%s is an alias: write the list out, so that cutover's part can be added to it", s.key))
	default:
		return place{}, d.errorAt(list.Line, fmt.Sprintf("%s is not a list: make it one, or take the key out", s.key))
	}
}

// withKey are the lines of a section with its key.
func withKey(s section) []string {
	out := []string{s.key + ":"}
	for _, text := range s.block {
		if text != "" {
			text = "  " + text
		}
		out = append(out, text)
	}
	return out
}

// block is a text of whole lines, each with its line break.
func (d *document) block(indent int, lines []string) string {
	var b strings.Builder
	for _, text := range slices.Concat([]string{beginBlock}, lines, []string{end}) {
		if text != "" {
			b.WriteString(strings.Repeat(" ", indent))
		}
		b.WriteString(text + d.newline)
	}
	return b.String()
}

// below is the place of whole lines after that of a key. What stands between the
// key and its first item, comments most often, stays with that item.
func (d *document) below(key *yaml.Node, text string) place {
	return d.after(d.lines[key.Line-1], text)
}

// atEnd is the place of whole lines at the end of the document.
func (d *document) atEnd(text string) place {
	for _, l := range slices.Backward(d.lines) {
		switch content := l.content(d.text); {
		case content == "..." || strings.HasPrefix(content, "... "): // the document's end
			return place{l.start, text}
		case content != "" && content[0] != '#':
			return d.after(d.lines[len(d.lines)-1], text)
		}
	}
	return place{len(d.text), text}
}

// after is the place of whole lines after a line. A last line without a line
// break goes on without one.
func (d *document) after(l line, text string) place {
	if l.next == l.end {
		text = d.newline + strings.TrimSuffix(text, d.newline)
	}
	return place{l.next, text}
}

// dash is the column, from 0, of the dashes of a key's list.
func (d *document) dash(key *yaml.Node) int {
	for _, l := range d.lines[key.Line:] {
		if content := l.content(d.text); content != "" && content[0] == '-' {
			return l.indent(d.text)
		}
	}
	return key.Column - 1
}

// between is the place after the bracket that a list or mapping begins with. A
// comment ends with its line, so the items get lines of their own.
func (d *document) between(n *yaml.Node, bracket byte, items []string) place {
	at := d.offset(n)
	// An anchor or a tag may come first, and comments after it.
	for at < len(d.text) && d.text[at] != bracket {
		if skip := bytes.IndexAny(d.text[at:], "\r\n"); d.text[at] == '#' && skip > 0 {
			at += skip
		}
		at++
	}
	indent := d.lines[n.Line-1].indent(d.text) + 2
	lineStart := d.newline + strings.Repeat(" ", indent)
	var b strings.Builder
	b.WriteString(lineStart + beginFlow)
	for _, item := range items {
		b.WriteString(lineStart + item + ",")
	}
	b.WriteString(lineStart + end + lineStart)
	return place{min(at+1, len(d.text)), b.String()}
}
