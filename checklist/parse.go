package checklist

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
	"github.com/cutover-dev/cutover/checklist/internal/mojibake"
)

// Limits of what is read. Nothing in a checklist may exhaust memory.
const (
	MaxBytes   = 16 << 20 // a larger file is refused
	MaxTasks   = 50_000   // further tasks are left out, with a warning
	MaxLines   = 200_000  // further lines are left out, with a warning
	MaxNesting = markdown.MaxNesting
)

// Parse reads the Markdown in source as the checklist called name. The file
// only appears in errors, which are one line beginning with it: source is
// empty, larger than [MaxBytes], not text, or has no task at all. Everything
// else is understood or listed in Warnings.
//
// Text whose encoding was damaged (UTF-8 read as Mac Roman, Windows-1252 or
// Windows-1254) is read as what it was; source itself is never changed.
func Parse(file, name string, source []byte) (*Checklist, error) {
	return Options{}.Parse(file, name, source)
}

// Options settle what a document can leave open.
type Options struct {
	// Marks says what '~', '-' and '/' in a box mean, above what the document
	// itself says.
	Marks map[rune]State
	// Fences reads task items inside of fenced code blocks, too; they are
	// examples otherwise.
	Fences bool
}

// Parse reads a checklist as the function [Parse] does.
func (o Options) Parse(file, name string, source []byte) (*Checklist, error) {
	switch {
	case len(source) > MaxBytes:
		return nil, fmt.Errorf("%s: %d bytes are more than a checklist may have (%d); split the file", file, len(source), MaxBytes)
	case len(bytes.TrimSpace(source)) == 0:
		return nil, fmt.Errorf("%s: the file is empty; a checklist needs task items such as `- [ ] Deploy`", file)
	case bytes.IndexByte(source, 0) >= 0:
		return nil, fmt.Errorf("%s: the file is binary; a checklist is Markdown in UTF-8", file)
	}
	c := &Checklist{Name: name}
	text := c.clean(source)
	if o.Fences {
		text = markdown.Unfence(text)
	}
	d := newDocument(c, o, markdown.Read(text))
	d.read()
	if len(c.Tasks) == 0 {
		hint := "write them as `- [ ] Deploy`"
		if hasBox(text) {
			hint = "its boxes stand in code blocks, comments or lines to choose from, which are examples and choices"
		}
		return nil, fmt.Errorf("%s: no tasks in the file; %s", file, hint)
	}
	return c, nil
}

// NameOf names a checklist after its file: the stem, never the folder, so that
// a build and a container agree. "docs/phase-3.md" is "phase-3".
func NameOf(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	if stem := strings.TrimSuffix(base, path.Ext(base)); stem != "" {
		return stem
	}
	return base
}

// warn notes what people should know about a line.
func (c *Checklist) warn(line int, format string, args ...any) {
	c.Warnings = append(c.Warnings, Warning{line, fmt.Sprintf(format, args...)})
}

// clean gives the source as UTF-8 with `\n` line ends, without a byte order
// mark and front matter, its damaged lines repaired. Line numbers stay.
func (c *Checklist) clean(source []byte) string {
	text := string(bytes.TrimPrefix(source, []byte("\uFEFF")))
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	text = c.cutLines(text)
	text = blankFrontMatter(text)
	return c.repair(text)
}

// asciiPrefix is how many bytes of a text are ASCII before the first that isn't.
func asciiPrefix(text string) int {
	i := 0
	for ; i+8 <= len(text); i += 8 { // eight at a time, which is what most of every text is
		if (text[i]|text[i+1]|text[i+2]|text[i+3]|text[i+4]|text[i+5]|text[i+6]|text[i+7])&utf8.RuneSelf != 0 {
			break
		}
	}
	for ; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			break
		}
	}
	return i
}

func (c *Checklist) cutLines(text string) string {
	if len(text) <= MaxLines || strings.Count(text, "\n") <= MaxLines {
		return text
	}
	end := 0
	for range MaxLines {
		end += strings.IndexByte(text[end:], '\n') + 1
	}
	c.warn(MaxLines+1, "the file has more than %d lines; from here on it is left out", MaxLines)
	return text[:end]
}

// repair makes every line valid UTF-8 and undoes wrong decodings. Text without a
// fault comes back as it is.
func (c *Checklist) repair(text string) string {
	if utf8.ValidString(text) && !mojibake.Suspicious(text) {
		return text
	}
	var out strings.Builder
	kept := 0 // what of text is in out
	repaired, first := 0, 0
	for at, no := 0, 1; at < len(text); {
		wide := at + asciiPrefix(text[at:])
		if wide == len(text) {
			break
		}
		no += strings.Count(text[at:wide], "\n")
		start := strings.LastIndexByte(text[:wide], '\n') + 1
		end := len(text)
		if n := strings.IndexByte(text[wide:], '\n'); n >= 0 {
			end = wide + n
		}
		at = end
		fixed, wasValid, changed := repairLine(text[start:end])
		if !wasValid {
			c.warn(no, "not valid UTF-8; read as Windows-1252 where that makes sense: save the file as UTF-8")
		}
		if changed {
			if repaired++; first == 0 {
				first = no
			}
		}
		if changed || !wasValid {
			if kept == 0 {
				out.Grow(len(text))
			}
			out.WriteString(text[kept:start])
			out.WriteString(fixed)
			kept = end
		}
	}
	if repaired > 0 {
		c.warn(first, "the encoding of %d lines from here on is damaged (UTF-8 read as something else); understood as it was meant, the file itself should be repaired", repaired)
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

// repairLine repairs one line; changed says whether a wrong decoding was undone.
func repairLine(line string) (fixed string, valid, changed bool) {
	if utf8.ValidString(line) {
		fixed, changed = mojibake.Repair(line)
		return fixed, true, changed
	}
	fixed, changed = mojibake.Repair(mojibake.Valid(line))
	return fixed, false, changed
}

// blankFrontMatter empties the lines of a YAML block at the head of the file,
// which is not part of the document.
func blankFrontMatter(text string) string {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return text
	}
	key, _, ok := strings.Cut(rest, ":")
	if !ok || key == "" || strings.ContainsAny(key, "\n \t*#[-") {
		return text // a document that begins with a rule
	}
	lines, behind := 1, len(text)-len(rest)
	for line := range strings.Lines(rest) {
		lines++
		behind += len(line)
		trimmed := strings.TrimRight(line, " \t\n")
		if trimmed == "---" || trimmed == "..." {
			return strings.Repeat("\n", lines) + text[behind:]
		}
		if strings.HasPrefix(strings.TrimLeft(line, " -"), "[ ]") {
			return text
		}
	}
	return text
}
