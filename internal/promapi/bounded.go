package promapi

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode"
)

// bounded is a transport whose answers end at a limit, with an error.
type bounded struct {
	http.RoundTripper
	most int64
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = &limited{response.Body, b.most}
	return response, nil
}

var errTooLong = errors.New("the answer is too long")

// limited reads no more than left bytes; more of them are an error, so that
// half an answer is not taken for a whole one.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// maxMessage is how much is repeated of what a server says went wrong.
const maxMessage = 300

// clipped makes a server's message one that a terminal can show.
func clipped(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxMessage {
		s = string(runes[:maxMessage]) + "…"
	}
	return strings.Join(strings.Fields(s), " ")
}
