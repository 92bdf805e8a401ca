package merge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document is a parsed Alertmanager configuration. Its text has no byte order
// mark; skipped is the length of the one it had.
type document struct {
	name    string
	text    []byte
	lines   []line
	newline string
	root    *yaml.Node // a mapping
	skipped int
}

var byteOrderMark = []byte("\uFEFF")

// parse reads a configuration; its errors begin with file and line.
func parse(name string, text []byte) (*document, error) {
	d := &document{name: name, text: text, lines: splitLines(text), newline: newline(text)}
	if bytes.HasPrefix(text, byteOrderMark) {
		d.skipped = len(byteOrderMark)
	}
	if !utf8.Valid(text) {
		return nil, d.errorAt(1, "not UTF-8: save the file as UTF-8")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, second yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) || err == nil && root.Content[0].Tag == "!!null" {
		return nil, d.errorAt(1, "empty: there is nothing to merge into, so use the whole alertmanager.yml")
	} else if err != nil {
		return nil, d.parseError(err)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, d.parseError(err)
		}
		return nil, d.errorAt(second.Line, "a second document begins here: Alertmanager reads one only")
	}
	d.root = root.Content[0]
	if d.root.Kind != yaml.MappingNode {
		return nil, d.errorAt(d.root.Line, "not an Alertmanager configuration: it has no keys")
	}
	return d, nil
}

// offset is where a node begins in the text.
func (d *document) offset(n *yaml.Node) int {
	at := d.lines[n.Line-1].start
	if n.Line == 1 {
		at += d.skipped
	}
	for column := 1; column < n.Column; column++ {
		_, size := utf8.DecodeRune(d.text[at:])
		at += size
	}
	return at
}

// conflicts finds receivers that have the name of one of ours.
func (d *document) conflicts(sections []section) error {
	ours := map[any]bool{}
	for _, s := range sections {
		if s.key == "receivers" {
			for _, v := range s.values {
				receiver, _ := v.(map[string]any)
				ours[receiver["name"]] = true
			}
		}
	}
	_, list := find(d.root, "receivers")
	if list == nil {
		return nil
	}
	for _, item := range list.Content {
		if item.Alias != nil {
			item = item.Alias
		}
		if _, name := find(item, "name"); name != nil && ours[name.Value] {
			return d.errorAt(name.Line, fmt.Sprintf("the receiver %q has the name of one of cutover's, and is not marked as cutover's: "+
				"rename it, or take it out if it came from routes.yml by hand", name.Value))
		}
	}
	return nil
}

func (d *document) errorAt(line int, what string) error {
	return fmt.Errorf("%s:%d: %s", d.name, line, what)
}

var (
	yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	// lineBefore are the parser's messages that count lines from 0; the scanner's
	// and the decoder's count from 1.
	lineBefore = regexp.MustCompile(`^did not find expected (?:<|node content|'-' indicator|key|',' or)`)
	quoted     = regexp.MustCompile(`"([^"]+)"`)
	values     = regexp.MustCompile("`[^`]*`|\"[^\"]*(?:://|@)[^\"]*\"")
)

// parseError gives a YAML parser's error our form.
func (d *document) parseError(err error) error {
	var out []error
	for text := range strings.Lines(err.Error()) {
		text = strings.TrimSpace(text)
		switch m := yamlLine.FindStringSubmatch(text); {
		case m != nil:
			n, _ := strconv.Atoi(m[1])
			if lineBefore.MatchString(m[2]) {
				n++
			}
			out = append(out, d.errorAt(n, withoutValues(m[2])))
		case text == "yaml: unmarshal errors:":
		default:
			out = append(out, d.errorAt(1, withoutValues(strings.TrimPrefix(text, "yaml: "))))
		}
	}
	return errors.Join(out...)
}

// loadError gives Alertmanager's findings our form. Some name a thing and no
// line: then the line is the thing's first.
func (d *document) loadError(err error) error {
	if strings.Contains(err.Error(), "line ") {
		return d.parseError(err)
	}
	n := 1
	if key, _ := find(d.root, "route"); key != nil {
		n = key.Line
	}
	if m := quoted.FindStringSubmatch(err.Error()); m != nil {
		if thing := scalar(d.root, m[1]); thing != nil {
			n = thing.Line
		}
	}
	return d.errorAt(n, withoutValues(err.Error()))
}

// scalar is the first scalar with a value below a node.
func scalar(n *yaml.Node, value string) *yaml.Node {
	if n.Kind == yaml.ScalarNode && n.Value == value {
		return n
	}
	for _, child := range n.Content {
		if found := scalar(child, value); found != nil {
			return found
		}
	}
	return nil
}

// withoutValues leaves out of a message what may hold a secret: values that YAML
// repeats, and addresses.
func withoutValues(message string) string {
	return values.ReplaceAllString(message, "…")
}
