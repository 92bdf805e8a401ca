package grafanaalerts

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// literal keeps text as it is where Grafana replaces $NAME.
func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// questions are the queries that a rule's annotations need.
type questions struct{ exprs []string }

// answer is the step that has the answer to a question.
func answer(i int) string { return fmt.Sprintf("V%d", i+1) }

// noAnswer stands for no data: a rule one of whose queries returns none would
// have no data itself.
const noAnswer = "-1e+300"

// annotations are those of a rule as Grafana expands them.
func (q *questions) annotations(from map[string]string) map[string]string {
	out := map[string]string{}
	names := make([]string, 0, len(from))
	for name := range from {
		names = append(names, name)
	}
	slices.Sort(names) // the questions are numbered
	for _, name := range names {
		text := from[name]
		if strings.Contains(text, `with query "ALERTS_FOR_STATE`) {
			continue // Grafana says itself since when
		}
		// Of what moment a dashboard shows, too.
		text, _, _ = strings.Cut(text, `?from={{ with query "time()`)
		out[name] = q.translate(text)
	}
	return out
}

var (
	withQuery = regexp.MustCompile(`^\{\{ with query ("(?:[^"\\]|\\.)*") \}\}$`)
	formatted = regexp.MustCompile(`^\{\{ \. \| first \| value \| (.*) \}\}$`)
	ownValue  = regexp.MustCompile(`\$value\b`)
)

// translate gives a template of Prometheus the form of Grafana: values come from
// the rule's steps instead of queries, and text has no $ that Grafana might
// replace.
func (q *questions) translate(template string) string {
	var b strings.Builder
	tokens := tokenise(template)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if !strings.HasPrefix(t, "{{") {
			b.WriteString(strings.ReplaceAll(t, "$", `{{"$"}}`))
			continue
		}
		if text, used := q.value(tokens[i:]); used > 0 {
			b.WriteString(text)
			i += used - 1
			continue
		}
		b.WriteString(ownValue.ReplaceAllLiteralString(t, "$values.B.Value"))
	}
	return b.String()
}

// value translates {{ with query … }}{{ . | first | value | … }}{{ end }}, with or
// without an else, and says how many tokens it is; none for anything else.
func (q *questions) value(tokens []string) (text string, used int) {
	const least = 3
	if len(tokens) < least {
		return "", 0
	}
	with, format := withQuery.FindStringSubmatch(tokens[0]), formatted.FindStringSubmatch(tokens[1])
	if with == nil || format == nil {
		return "", 0
	}
	otherwise := ""
	switch {
	case tokens[2] == "{{ end }}":
		used = least
	case len(tokens) >= 5 && tokens[2] == "{{ else }}" && tokens[4] == "{{ end }}":
		otherwise, used = "{{ else }}"+tokens[3], 5
	default:
		return "", 0
	}
	expr, err := strconv.Unquote(with[1])
	if err != nil {
		return "", 0
	}
	// One value without labels goes with every alert of the rule.
	expr = fmt.Sprintf("max(%s) or vector(%s)", expr, noAnswer)
	n := slices.Index(q.exprs, expr)
	if n < 0 {
		n = len(q.exprs)
		q.exprs = append(q.exprs, expr)
	}
	return fmt.Sprintf("{{ with $values.%s }}{{ if gt .Value %s }}{{ .Value | %s }}%s{{ end }}{{ end }}",
		answer(n), noAnswer, format[1], otherwise), used
}

// tokenise takes a template apart into text and actions. An action ends at the
// first }} outside of its strings.
func tokenise(template string) []string {
	var out []string
	for template != "" {
		start := strings.Index(template, "{{")
		if start < 0 {
			return append(out, template)
		}
		if start > 0 {
			out = append(out, template[:start])
		}
		length := actionLength(template[start:])
		out = append(out, template[start:start+length])
		template = template[start+length:]
	}
	return out
}

// actionLength is the length of the action that a template begins with.
func actionLength(template string) int {
	quote := byte(0)
	for i := 2; i < len(template); i++ {
		switch c := template[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '`':
			quote = c
		case strings.HasPrefix(template[i:], "}}"):
			return i + 2
		}
	}
	return len(template)
}
