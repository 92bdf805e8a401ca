package demo

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// life is one life of a service, without a network.
type life struct {
	*Service
	metrics *metrics
	http.Handler
}

func live(o Options) life {
	s := NewService(o)
	m := newMetrics(o.PythonVersion, time.Now(), s.condition)
	return life{s, m, s.handler(m)}
}

// ask sends a request and returns status and body.
func (l life) ask(method, path, body string) (int, string) {
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}
