package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxDetail  = 4 << 10 // bytes of a detail
	maxSent    = 1 << 10 // of them, of the body that was sent
	maxValue   = 200     // of them, of one header
	maxHeaders = 40      // headers of one message that a detail shows

	// overlap is how much of a body is looked through for secrets beyond what
	// is shown.
	overlap = 4 << 10
)

// detail is the request and the answer for a person to read.
func (x *exchange) detail() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", x.method, x.shownPath())
	fmt.Fprintf(&b, "Host: %s\n", x.url.Host)
	writeHeaders(&b, x.mask, x.message.header)
	writeBody(&b, x.mask, x.message.body, maxSent)
	if x.redirected != "" {
		fmt.Fprintf(&b, "\nredirected to %s\n", x.redirected)
	}
	if x.status != 0 {
		fmt.Fprintf(&b, "\n%s %d %s\n", x.proto, x.status, http.StatusText(x.status))
		writeHeaders(&b, x.mask, x.head)
		writeBody(&b, x.mask, string(x.text), max(0, maxDetail-b.Len()-1))
	}
	return printable(b.String(), maxDetail)
}

// shownPath is the path of a request; of its query only the names.
func (x *exchange) shownPath() string {
	path := x.mask.hide(x.url.EscapedPath())
	if path == "" {
		path = "/"
	}
	names := make([]string, 0, len(x.url.Query()))
	for name := range x.url.Query() {
		names = append(names, x.mask.hide(name)+"="+masked)
	}
	slices.Sort(names)
	if len(names) > 0 {
		path += "?" + strings.Join(names, "&")
	}
	return path
}

func writeHeaders(b *strings.Builder, m mask, header http.Header) {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	if more := len(names) - maxHeaders; more > 0 {
		names = names[:maxHeaders]
		defer fmt.Fprintf(b, "(%d more)\n", more)
	}
	for _, name := range names {
		for _, value := range header[name] {
			value = hideFields(m.hide(value))
			if secretName.MatchString(name) {
				value = masked
			}
			fmt.Fprintf(b, "%s: %s\n", clip(m.hide(name), maxValue), clip(value, maxValue))
		}
	}
}

// writeBody writes the beginning of a body after an empty line.
func writeBody(b *strings.Builder, m mask, body string, room int) {
	if strings.TrimSpace(body) == "" || room == 0 {
		return
	}
	shown := m.hideCut(body[:min(len(body), room+overlap)])
	fmt.Fprintf(b, "\n%s\n", clip(hideFields(shown), room))
}

// printable makes text of a target one that any page, terminal or file can
// show: of at most n bytes, with everything that doesn't print escaped.
func printable(s string, n int) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "�") {
		if b.Len() > n {
			break
		}
		switch {
		case r == '\n' || r == '\t' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\r':
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return strings.TrimRight(clip(b.String(), n), "\n")
}

// clip cuts s to at most n bytes, between two characters.
func clip(s string, n int) string {
	const ellipsis = "…"
	if len(s) <= n {
		return s
	}
	cut := max(0, n-len(ellipsis))
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + ellipsis
}
