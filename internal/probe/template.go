package probe

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// place is where a value stands, which decides how it is escaped.
type place int

const (
	inText   place = iota // as it is
	inPath                // one segment of a path
	inQuery               // one value of a query
	inHeader              // on one line
	inJSON                // a whole JSON value
	inString              // within a JSON string
)

// template is text with names in it. A text without names costs nothing.
type template struct {
	parts []part
}

// part is text, or a name with its place.
type part struct {
	text  string
	name  string // empty: text
	place place
}

// placeholder is ${name}, or $${ for itself.
var placeholder = regexp.MustCompile(`\$?\$\{([^}]*)\}`)

// validName is what names look like.
var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// literal is a template that is the text.
func literal(text string) template { return template{[]part{{text: text}}} }

// newTemplate reads text whose names stand where at says, given what stands
// before them.
func newTemplate(text string, at func(before string) place) (template, error) {
	var t template
	done := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		t.parts = append(t.parts, part{text: text[done:m[0]]})
		done = m[1]
		if strings.HasPrefix(text[m[0]:m[1]], "$$") {
			t.parts = append(t.parts, part{text: text[m[0]+1 : m[1]]})
			continue
		}
		name := text[m[2]:m[3]]
		if !validName.MatchString(name) {
			return template{}, errors.New("has a ${…} that is no name: use letters, digits and _")
		}
		t.parts = append(t.parts, part{name: name, place: at(text[:m[0]])})
	}
	t.parts = append(t.parts, part{text: text[done:]})
	return t, nil
}

// always is the place of templates that know but one.
func always(p place) func(string) place { return func(string) place { return p } }

// pathOrQuery is the place within the path of a request.
func pathOrQuery(before string) place {
	if strings.Contains(before, "?") {
		return inQuery
	}
	return inPath
}

// withinJSON is the place within a JSON text: in one of its strings or not.
func withinJSON(before string) place {
	inside := false
	for i := 0; i < len(before); i++ {
		switch {
		case before[i] == '"':
			inside = !inside
		case before[i] == '\\' && inside:
			i++
		}
	}
	if inside {
		return inString
	}
	return inJSON
}

// names are the names that t uses, in their order.
func (t template) names() []string {
	var names []string
	for _, p := range t.parts {
		if p.name != "" && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

// expand puts values into t. Every name is there: Compile has seen to it, or
// the step is left out.
func (t template) expand(values map[string]any) (string, error) {
	if len(t.parts) == 1 && t.parts[0].name == "" {
		return t.parts[0].text, nil
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		escaped, err := escape(values[p.name], p.place)
		if err != nil {
			return "", fault(fmt.Sprintf("${%s} %v", p.name, err))
		}
		b.WriteString(escaped)
	}
	return b.String(), nil
}

// escape makes a value one that stays within its place.
func escape(v any, at place) (string, error) {
	s := plain(v)
	switch at {
	case inPath:
		if s == "" || s == "." || s == ".." {
			return "", errors.New("would change the path") // and name something else
		}
		return url.PathEscape(s), nil
	case inQuery:
		return url.QueryEscape(s), nil
	case inHeader:
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return "", errors.New("does not fit into a header")
		}
	case inJSON:
		return asJSON(v), nil
	case inString:
		quoted := asJSON(s)
		return quoted[1 : len(quoted)-1], nil
	}
	return s, nil
}
