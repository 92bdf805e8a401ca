package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// position is a place in a file, from 1.
type position struct{ line, column int }

func at(n *yaml.Node) position { return position{n.Line, n.Column} }

// decoder fills structs from YAML by their yaml tags. Unlike the library's own
// it says the column, gathers every fault, and never repeats a value. It visits
// aliases where they stand, and counts what it visits, so a file in which they
// multiply ends at a bound.
type decoder struct {
	file   string
	faults []Fault
	nodes  int
	places map[string]position // of every value, by its path
	// refer gives the value of a text that may be a reference, and false for
	// one that has none, about which it has complained. Nil: as they stand.
	refer func(p position, text string) (string, bool)
}

func (d *decoder) fault(p position, format string, args ...any) {
	d.faults = append(d.faults, Fault{d.file, p.line, p.column, fmt.Sprintf(format, args...)})
}

// complained says whether there is a fault at a position.
func (d *decoder) complained(at position) bool {
	return slices.ContainsFunc(d.faults, func(f Fault) bool { return f.Line == at.line && f.Column == at.column })
}

// syntax finds the line in an error of the YAML library.
var syntax = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// root reads the text of a file: one document, a mapping.
func (d *decoder) root(text []byte) *yaml.Node {
	var doc, more yaml.Node
	documents := yaml.NewDecoder(bytes.NewReader(text))
	switch err := documents.Decode(&doc); {
	case errors.Is(err, io.EOF):
		d.fault(position{}, "the file is empty: it needs environments and suites")
		return nil
	case err != nil:
		d.syntax(err)
		return nil
	}
	if err := documents.Decode(&more); !errors.Is(err, io.EOF) {
		d.fault(at(&more), "more than one document: leave only the first")
		return nil
	}
	return doc.Content[0]
}

// syntax takes the position out of an error that has but a line. What the
// library quotes of the file are names of anchors and characters.
func (d *decoder) syntax(err error) {
	found := syntax.FindStringSubmatch(err.Error())
	if found == nil {
		d.fault(position{}, "this is not YAML")
		return
	}
	line, _ := strconv.Atoi(found[1]) // 0 where there is none
	d.fault(position{line: line}, "this is not YAML: %s", found[2])
}

// scope says where in a value the decoder is.
type scope struct {
	path    string
	depth   int
	secrets bool // a text may be a reference
}

func (s scope) key(name string) scope {
	path := name
	if s.path != "" {
		path = s.path + "." + name
	}
	return scope{path, s.depth + 1, s.secrets}
}

func (s scope) index(i int) scope {
	return scope{fmt.Sprintf("%s[%d]", s.path, i), s.depth + 1, s.secrets}
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	testType     = reflect.TypeFor[testSettings]()
	entriesType  = reflect.TypeFor[entries]()
)

// entries is a [named] of whatever type.
type entries interface {
	decode(d *decoder, n *yaml.Node, s scope)
}

// decode fills v from n.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, s scope) {
	n, ok := d.enter(n, s)
	if !ok {
		return
	}
	d.places[s.path] = at(n)
	switch t := v.Type(); {
	case t == durationType:
		d.duration(n, v)
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		d.decode(n, v.Elem(), s)
	case t.Kind() == reflect.String:
		d.text(n, v, s)
	case t.Kind() == reflect.Bool:
		d.boolean(n, v)
	case t.Kind() == reflect.Int:
		d.number(n, v)
	case v.Addr().Type().Implements(entriesType):
		v.Addr().Interface().(entries).decode(d, n, s)
	case t.Kind() == reflect.Slice:
		d.list(n, v, s)
	case t.Kind() == reflect.Map:
		d.mapping(n, v, s)
	case t.Kind() == reflect.Struct:
		d.structure(n, v, s)
	default:
		panic("suite: a setting of type " + t.String())
	}
}

// enter follows an alias and counts; false: too much.
func (d *decoder) enter(n *yaml.Node, s scope) (*yaml.Node, bool) {
	if d.places == nil {
		d.places = make(map[string]position)
	}
	d.nodes++
	switch {
	case d.nodes == maxNodes:
		d.fault(at(n), "the file has more than %d values, counted again at every alias", maxNodes)
		return nil, false
	case d.nodes > maxNodes:
		return nil, false
	case s.depth > maxDepth:
		d.fault(at(n), "values in values in values: at most %d deep", maxDepth)
		return nil, false
	}
	if n.Kind != yaml.AliasNode {
		return n, true
	}
	target := *n.Alias // an alias of an alias is not YAML
	target.Line, target.Column = n.Line, n.Column
	return &target, true
}

// text fills a string. Numbers will do: they stand as they are written.
func (d *decoder) text(n *yaml.Node, v reflect.Value, s scope) {
	if n.Kind != yaml.ScalarNode || !slices.Contains([]string{"!!str", "!!int", "!!float", "!!timestamp"}, n.ShortTag()) {
		d.fault(at(n), "a text is expected here%s", butFound(n))
		return
	}
	text := n.Value
	if s.secrets && d.refer != nil {
		var ok bool
		if text, ok = d.refer(at(n), text); !ok {
			return
		}
	}
	v.SetString(text)
}

func (d *decoder) boolean(n *yaml.Node, v reflect.Value) {
	var b bool
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" || n.Decode(&b) != nil {
		d.fault(at(n), "true or false is expected here%s", butFound(n))
		return
	}
	v.SetBool(b)
}

func (d *decoder) number(n *yaml.Node, v reflect.Value) {
	i, err := strconv.ParseInt(n.Value, 10, 32)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
		d.fault(at(n), "a whole number is expected here%s", butFound(n))
		return
	}
	v.SetInt(i)
}

func (d *decoder) duration(n *yaml.Node, v reflect.Value) {
	length, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || err != nil || length <= 0 {
		d.fault(at(n), "a duration above zero is expected here, such as 500ms, 30s or 2m")
		return
	}
	v.SetInt(int64(length))
}

// butFound says of what type something is instead.
func butFound(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return ", not a mapping"
	case n.Kind == yaml.SequenceNode:
		return ", not a list"
	case n.ShortTag() == "!!null":
		return ", not nothing"
	case n.ShortTag() == "!!bool":
		return `, not true or false: put it into quotes if it is a word`
	}
	return ""
}

// list fills a slice; one text is a list of one.
func (d *decoder) list(n *yaml.Node, v reflect.Value, s scope) {
	items := n.Content
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" && v.Type().Elem().Kind() == reflect.String:
		items = []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode:
		d.fault(at(n), "a list is expected here%s", butFound(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		d.decode(item, v.Index(i), s.index(i))
	}
}

// mapping fills a map of strings.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, s scope) {
	v.Set(reflect.MakeMap(v.Type()))
	for key, value := range d.pairs(n) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.decode(value, item, s.key(key.Value))
		v.SetMapIndex(reflect.ValueOf(key.Value), item)
	}
}

// pairs yields the keys and values of a mapping. Keys are texts, and none
// stands there twice.
func (d *decoder) pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			d.fault(at(n), "a mapping (name: value) is expected here%s", butFound(n))
			return
		}
		seen := make(map[string]bool)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			switch {
			case key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge":
				d.fault(at(key), "merge keys are not read: use an alias for a whole value")
			case key.Kind != yaml.ScalarNode:
				d.fault(at(key), "a name is expected here")
			case seen[key.Value]:
				d.fault(at(key), "%s stands here twice", quote(key.Value))
			case !yield(key, value):
				return
			default:
				seen[key.Value] = true
			}
		}
	}
}

// field is a setting of a struct.
type field struct {
	name  string
	index []int
}

// fields lists the settings of a struct, those of embedded ones among them.
func fields(t reflect.Type) []field {
	var all []field
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option != "inline" && name != "" && name != "-" {
			all = append(all, field{name, f.Index})
		}
	}
	return all
}

// structure fills a struct.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, s scope) {
	known := fields(v.Type())
	names := make([]string, 0, len(known))
	for _, f := range known {
		names = append(names, f.name)
	}
	if v.Type() == testType {
		names = append(names, kindNames()...)
	}
	for key, value := range d.pairs(n) {
		if s.path == "" && strings.HasPrefix(key.Value, "x-") {
			continue // a place for anchors
		}
		inner := s.key(key.Value)
		inner.secrets = s.secrets || referring[key.Value]
		if key.Value == "expect" {
			inner.secrets = false
		}
		if i := slices.IndexFunc(known, func(f field) bool { return f.name == key.Value }); i >= 0 {
			d.decode(value, v.FieldByIndex(known[i].index), inner)
			continue
		}
		if k, ok := kindOf(key.Value); ok && v.Type() == testType {
			test := v.Addr().Interface().(*testSettings)
			test.kinds = append(test.kinds, kindNode{k, at(key), value})
			continue
		}
		d.fault(at(key), "unknown key %s%s", quote(key.Value), meant(key.Value, names))
	}
}

// nameShape is what names of environments, suites, tests and addresses may be:
// they become labels, and parts of other names.
var nameShape = regexp.MustCompile(`^[\pL\pN][\pL\pN _.-]{0,99}$`)

// decode fills a mapping whose order counts.
func (all *named[T]) decode(d *decoder, n *yaml.Node, s scope) {
	for key, value := range d.pairs(n) {
		if !nameShape.MatchString(key.Value) {
			d.fault(at(key), "a name is made of letters, digits, blanks, -, _ and ., and begins with a letter or a digit")
			continue
		}
		inner := s.key(key.Value)
		e := item[T]{name: key.Value, at: at(key), path: inner.path}
		d.decode(value, reflect.ValueOf(&e.value).Elem(), inner)
		*all = append(*all, e)
	}
}

// quote makes a name of the file safe to show.
func quote(name string) string {
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60]) + "…"
	}
	return strconv.Quote(name)
}

// meant asks after the known name that is nearest to one that isn't, or else
// lists them all.
func meant(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := edits(name, k); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %s?", best)
	case len(known) == 0:
		return ""
	}
	known = slices.Sorted(slices.Values(known))
	return "; there are " + strings.Join(known, ", ")
}

// edits is how many letters have to be put in, taken out or changed to make one
// name of the other: Levenshtein's distance, of names cut to 40 bytes.
func edits(a, b string) int {
	a, b = a[:min(len(a), 40)], b[:min(len(b), 40)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
