package alerts

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mailbox is a mail server on loopback that speaks as much SMTP as a client
// needs that logs in and sends one message.
type mailbox struct {
	address            string // host:port
	username, password string // that it lets in
	messages           chan letter
}

// letter is a message as it was received.
type letter struct {
	From               string
	To                 []string // of the envelope
	Subject            string
	Text, HTML         string
	HeaderFrom, HeadTo string
}

// Bounds of a session, so that a broken client ends as a failed test.
const (
	sessionTime = time.Minute
	letterSize  = 1 << 20
)

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{address: listener.Addr().String(), username: "cutover", password: "Tr0ub4dor", messages: make(chan letter, 100)}
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			sessions.Go(func() {
				defer func() { _ = conn.Close() }() // the session may have closed it
				if err := conn.SetDeadline(time.Now().Add(sessionTime)); err != nil {
					t.Errorf("mail: %v", err)
				}
				m.session(t, textproto.NewConn(conn))
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		sessions.Wait()
	})
	return m
}

// session serves one client until it quits or goes away.
func (m *mailbox) session(t *testing.T, c *textproto.Conn) {
	err := c.PrintfLine("220 mailbox")
	l, in := letter{}, false
	for err == nil {
		line, readErr := c.ReadLine()
		if readErr != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		reply := "250 ok"
		switch strings.ToUpper(verb) {
		case "EHLO":
			reply = "250-mailbox\r\n250-8BITMIME\r\n250 AUTH PLAIN"
		case "AUTH":
			if in = m.letsIn(rest); in {
				reply = "235 welcome"
			} else {
				reply = "535 who are you"
			}
		case "MAIL":
			if l.From = address(rest); !in {
				reply = "530 log in first"
			}
		case "RCPT":
			l.To = append(l.To, address(rest))
		case "DATA":
			if err = c.PrintfLine("354 go on"); err != nil {
				return
			}
			switch err := l.read(io.LimitReader(c.DotReader(), letterSize)); {
			case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
				return // the client went away: a test that wants the letter waits in vain
			case err != nil:
				t.Errorf("mail: %v", err)
			}
			m.messages <- l
		case "QUIT":
			_ = c.PrintfLine("221 bye")
			return
		default:
			reply = "502 not known here"
		}
		err = c.PrintfLine("%s", reply)
	}
}

func (m *mailbox) letsIn(credentials string) bool {
	given, ok := strings.CutPrefix(credentials, "PLAIN ")
	return ok && given == base64.StdEncoding.EncodeToString([]byte("\x00"+m.username+"\x00"+m.password))
}

// address is that of "FROM:<somebody@example.org> BODY=8BITMIME".
func address(argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	a, _, _ := strings.Cut(rest, ">")
	return a
}

// read reads the message itself.
func (l *letter) read(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return err
	}
	l.HeaderFrom, l.HeadTo = m.Header.Get("From"), m.Header.Get("To")
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r) // to the end of the message
			return err
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "text/plain":
			l.Text = string(content)
		case "text/html":
			l.HTML = string(content)
		}
	}
}
