package embed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// span is a part of a text, from start up to end.
type span struct{ start, end int }

// member is a key of a JSON object, and where its value stands.
type member struct {
	key   string
	value span
}

// valid finds the JSON object that a text is, without the byte order mark and
// the white space around it.
func valid(text []byte) (span, error) {
	start := 0
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	var whole json.RawMessage
	if err := json.Unmarshal(text[start:], &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return span{}, fault(text, start+int(max(syntax.Offset-1, 0)), "this is no JSON: "+syntax.Error())
		}
		return span{}, fault(text, start, "this is no JSON")
	}
	start += len(space(text[start:], true))
	at := span{start, start + len(whole)}
	if text[at.start] != '{' {
		return span{}, fault(text, at.start, "a dashboard is a JSON object: { … }")
	}
	return at, nil
}

// isSpace knows JSON's white space.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

// members are the keys of the object at a place of a valid text. Another value
// has none.
func members(text []byte, at span) []member {
	var out []member
	d := json.NewDecoder(bytes.NewReader(text[at.start:at.end]))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return nil
		}
		value, err := next(d, at.start)
		if err != nil {
			return nil
		}
		out = append(out, member{name, value})
	}
	return out
}

// elements are the values in the list at a place of a valid text. Another value
// has none.
func elements(text []byte, at span) []span {
	var out []span
	d := json.NewDecoder(bytes.NewReader(text[at.start:at.end]))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil
	}
	for d.More() {
		value, err := next(d, at.start)
		if err != nil {
			return nil
		}
		out = append(out, value)
	}
	return out
}

// next reads over a value, and says where it stands.
func next(d *json.Decoder, base int) (span, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return span{}, err
	}
	end := base + int(d.InputOffset())
	return span{end - len(raw), end}, nil
}

// find is the value of a key.
func find(members []member, key string) (span, bool) {
	i := slices.IndexFunc(members, func(m member) bool { return m.key == key })
	if i < 0 {
		return span{}, false
	}
	return members[i].value, true
}

// edit replaces a part of a text.
type edit struct {
	span
	text []byte
}

// applied is a text after edits, none of which touch each other.
func applied(text []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.start - b.start })
	var out bytes.Buffer
	from := 0
	for _, e := range edits {
		out.Write(text[from:e.start])
		out.Write(e.text)
		from = e.end
	}
	out.Write(text[from:])
	return out.Bytes()
}

// Error is a fault of a dashboard's text.
type Error struct {
	Line, Column int // from 1; the column in bytes
	Reason       string
}

// Error is line, column and reason.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason) }

func fault(text []byte, offset int, reason string) *Error {
	before := text[:min(offset, len(text))]
	return &Error{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Reason: reason,
	}
}

// value decodes what stands at a place of a valid text; nil if out can't take it.
func value[T any](text []byte, at span) (out T) {
	if json.NewDecoder(io.NewSectionReader(bytes.NewReader(text), int64(at.start), int64(at.end-at.start))).Decode(&out) != nil {
		var none T
		return none
	}
	return out
}
