package merge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// section is one list of a part, and where it goes.
type section struct {
	below string // the top-level key that its key stands below; empty for none
	key   string

	block  []string // its lines where lists have a line for each item
	flow   []string // its items where lists stand between brackets
	values []any    // what it says
}

// parsePart reads a part: the lists routes, inhibit_rules and receivers, in the
// layout of generated YAML.
func parsePart(part []byte) ([]section, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(part, &root); err != nil {
		return nil, fmt.Errorf("the part to merge: %w", err)
	}
	if len(root.Content) == 0 {
		return nil, errors.New("the part to merge: is empty")
	}
	values, err := decode(part)
	if err != nil {
		return nil, fmt.Errorf("the part to merge: %w", err)
	}
	sections := []section{{below: "route", key: "routes"}, {key: "inhibit_rules"}, {key: "receivers"}}
	for i := range sections {
		s := &sections[i]
		key, list := find(root.Content[0], s.key)
		if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
			return nil, fmt.Errorf("the part to merge: has no list %s", s.key)
		}
		s.values, _ = values[s.key].([]any)
		s.block = linesBelow(part, key.Line)
		for _, item := range list.Content {
			if s.flow, err = appendFlow(s.flow, item); err != nil {
				return nil, fmt.Errorf("the part to merge: %w", err)
			}
		}
	}
	return sections, nil
}

// linesBelow are the lines after that of a top-level key, to the next one,
// without the indentation that they have in common.
func linesBelow(part []byte, line int) []string {
	var out []string
	for _, text := range strings.Split(string(part), "\n")[line:] {
		if text != "" && text[0] != ' ' {
			break
		}
		out = append(out, strings.TrimPrefix(text, "  "))
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// appendFlow writes an item on one line.
func appendFlow(items []string, item *yaml.Node) ([]string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	if err := e.Encode(flowing(item)); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return append(items, strings.TrimSuffix(b.String(), "\n")), nil
}

// flowing is a copy of a node without comments or block style.
func flowing(n *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: yaml.FlowStyle}
	if n.Kind == yaml.ScalarNode {
		out.Style = 0
		if n.Tag == "!!str" {
			out.Style = yaml.DoubleQuotedStyle
		}
	}
	for _, child := range n.Content {
		out.Content = append(out.Content, flowing(child))
	}
	return out
}

// find is a key of a mapping and its value, or nils.
func find(mapping *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if k = mapping.Content[i]; k.Kind == yaml.ScalarNode && k.Value == key {
			return k, mapping.Content[i+1]
		}
	}
	return nil, nil
}
