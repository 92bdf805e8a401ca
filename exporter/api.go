package exporter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/cutover-dev/cutover/internal/journal"
)

// The HTTP interface below /api/v1/. What only reads is open to whoever can see
// the status page; what writes needs the token of Options.TokenFile, as
// `Authorization: Bearer TOKEN` or in the header [TokenHeader], and a body of
// JSON with no field that is not known.
//
//	GET  /api/v1/incidents            → IncidentList: those that are open
//	POST /api/v1/incidents            IncidentRequest → 201, Incident
//	POST /api/v1/incidents/{id}/close CloseRequest → 200, Incident
//	GET  /api/v1/baselines            → EventList: the figures that hold
//	POST /api/v1/baselines            BaselineRequest → 200, EventList
//	GET  /api/v1/journal?after=SEQ    → EventList: the last ones, at most 2,000
//
// Whatever goes wrong is said as {"error": "…"} with a fitting status.
func (e *Exporter) api(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/incidents", e.listIncidents)
	mux.HandleFunc("GET /api/v1/journal", e.listEvents)
	mux.HandleFunc("GET /api/v1/baselines", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, EventList{append([]journal.Event{}, e.journal.Baselines()...)})
	})
	mux.Handle("POST /api/v1/incidents", writing(e, http.StatusCreated, e.openIncident))
	mux.Handle("POST /api/v1/incidents/{id}/close", writing(e, http.StatusOK, e.closeIncident))
	mux.Handle("POST /api/v1/baselines", writing(e, http.StatusOK, e.freezeBaseline))
}

// maxBody is how long the body of a request can be.
const maxBody = 64 << 10

// problem is what is wrong with a request, with the status that says so.
type problem struct {
	status int
	text   string
}

func (p *problem) Error() string { return p.text }

func refuse(status int, format string, args ...any) error {
	return &problem{status, fmt.Sprintf(format, args...)}
}

// writing lets a request write if it may. A page in somebody's browser can't
// make it do so: it has no token, and the browser sends no JSON for it.
func writing[Request, Answer any](e *Exporter, status int, do func(*http.Request, Request) (Answer, error)) http.Handler {
	protected := http.NewCrossOriginProtection()
	protected.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		e.answerProblem(w, refuse(http.StatusForbidden, "the page of another site can't write here"))
	}))
	return protected.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in Request
		err := e.mayWrite(r)
		if err == nil {
			err = readJSON(w, r, &in)
		}
		if err != nil {
			e.answerProblem(w, err)
			return
		}
		out, err := do(r, in)
		if err != nil {
			e.answerProblem(w, err)
			return
		}
		answerJSON(w, status, out)
	}))
}

func (e *Exporter) mayWrite(r *http.Request) error {
	if e.options.TokenFile == "" {
		return refuse(http.StatusForbidden, "nobody can write here: set CUTOVER_TOKEN_FILE to a file with a token, for the exporter and for whoever writes")
	}
	token, err := ReadToken(e.options.TokenFile)
	if err != nil {
		e.logger.Error("The token can't be read, so nobody can write", "error", err)
		return refuse(http.StatusServiceUnavailable, "the exporter can't read its token; its log says why")
	}
	switch media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case !knows(r, token):
		return refuse(http.StatusUnauthorized, "the token is missing or another one: set CUTOVER_TOKEN_FILE to a file with the exporter's")
	case err != nil || media != "application/json":
		return refuse(http.StatusUnsupportedMediaType, "the body must be application/json")
	case !e.writes.take(e.clock()):
		return refuse(http.StatusTooManyRequests, "too much is written: at most %d requests at once, then one every %v", maxWrites, writeInterval)
	}
	return nil
}

// readJSON reads the one value in the body.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = errors.New("more than one value")
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return refuse(http.StatusRequestEntityTooLarge, "the body is longer than %d KiB", maxBody>>10)
	}
	return refuse(http.StatusBadRequest, "the body is not the JSON of this request: %v", err)
}

func (e *Exporter) answerProblem(w http.ResponseWriter, err error) {
	var p *problem
	if !errors.As(err, &p) {
		e.logger.Error("A request failed", "error", err)
		p = &problem{http.StatusInternalServerError, "it failed; the exporter's log says why"}
	}
	switch p.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="cutover"`)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(int(writeInterval.Seconds())))
	}
	answerJSON(w, p.status, ErrorAnswer{p.text})
}

// ErrorAnswer says what went wrong.
type ErrorAnswer struct {
	Error string `json:"error"`
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // the client may be gone
}

// EventList is part of the journal, the oldest first.
type EventList struct {
	Events []journal.Event `json:"events"`
}

// listEvents lists the last events, those after a number if one is given.
func (e *Exporter) listEvents(w http.ResponseWriter, r *http.Request) {
	var after uint64
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = strconv.ParseUint(text, 10, 64); err != nil {
			e.answerProblem(w, refuse(http.StatusBadRequest, "after: use the number of an event"))
			return
		}
	}
	list := EventList{Events: []journal.Event{}}
	for _, event := range e.journal.Recent() {
		if event.Seq > after {
			list.Events = append(list.Events, event)
		}
	}
	answerJSON(w, http.StatusOK, list)
}
