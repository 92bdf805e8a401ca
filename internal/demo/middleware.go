package demo

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	// minCompressed is the shortest body that is compressed, in bytes.
	minCompressed = 500

	corsMethods = "GET, POST, PUT, DELETE, OPTIONS"
	corsHeaders = "Authorization, Content-Type"
	corsMaxAge  = "600" // seconds
)

// cors lets pages of the allowed origins use the API, and answers the question
// that browsers ask before (OPTIONS with Access-Control-Request-Method).
func (s *Service) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin == "" {
			next.ServeHTTP(w, r)
			return
		}
		allowed := slices.Contains(s.options.Origins, origin)
		h := w.Header()
		h.Add("Vary", "Origin")
		if allowed {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
		}
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", corsMethods)
		h.Set("Access-Control-Allow-Headers", corsHeaders)
		h.Set("Access-Control-Max-Age", corsMaxAge)
		switch {
		case !allowed:
			plainly(w, http.StatusBadRequest, "Disallowed CORS origin")
		case !listed(corsMethods, r.Header.Get("Access-Control-Request-Method")):
			plainly(w, http.StatusBadRequest, "Disallowed CORS method")
		case !allListed(corsHeaders, r.Header.Get("Access-Control-Request-Headers")):
			plainly(w, http.StatusBadRequest, "Disallowed CORS headers")
		default:
			plainly(w, http.StatusOK, "OK")
		}
	})
}

// allListed says whether every name of a comma-separated list is in another.
func allListed(list, names string) bool {
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" && !listed(list, name) {
			return false
		}
	}
	return true
}

// listed says whether a name is in a comma-separated list, whatever its case.
func listed(list, name string) bool {
	return slices.ContainsFunc(strings.Split(list, ", "), func(one string) bool { return strings.EqualFold(one, name) })
}

// plainly answers a line of text.
func plainly(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client is gone: nobody to tell
}

// compressed compresses answers that are worth it for those who ask for gzip.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !accepts(r.Header.Get("Accept-Encoding")) {
			next.ServeHTTP(w, r)
			return
		}
		held := &held{ResponseWriter: w}
		next.ServeHTTP(held, r)
		held.release()
	})
}

// accepts says whether an Accept-Encoding wants gzip: by its name, and not with
// a weight of nothing.
func accepts(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q, weighs := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			n, err := strconv.ParseFloat(q, 64)
			return !weighs || err == nil && n > 0
		}
	}
	return false
}

// held holds an answer back until it is known how long it is. The service's
// answers are short, and written at once.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader is part of [http.ResponseWriter].
func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

// Write is part of [http.ResponseWriter].
func (h *held) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(p)
}

// release sends the answer, if there is one.
func (h *held) release() {
	if h.status == 0 {
		return
	}
	body := h.body.Bytes()
	if len(body) >= minCompressed {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(body) // a buffer takes everything
		_ = z.Close()
		body = packed.Bytes()
		h.Header().Set("Content-Encoding", "gzip")
		h.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	if h.body.Len() > 0 {
		h.Header().Add("Vary", "Accept-Encoding")
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(body) // the client is gone: nobody to tell
}
