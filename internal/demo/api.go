package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/demo/store"
)

const (
	maxRequest = 64 << 10 // bytes of a body
	maxListed  = 20       // entries of a list
	checkTime  = 2 * time.Second
)

// operation is one method of a route of the API.
type operation struct {
	method, path string
	summary      string
	handle       http.HandlerFunc
}

// operations are the API. Their paths are the routes that the metrics name.
func (s *Service) operations() []operation {
	return []operation{
		{http.MethodGet, "/health", "How the service and what it needs are doing", s.getHealth},
		{http.MethodGet, "/api/v1/version", "Which version runs, and on which Python", s.getVersion},
		{http.MethodGet, "/", "A greeting", s.work(s.getRoot)},
		{http.MethodPost, "/api/v1/auth/register", "Make an account", s.work(s.postRegister)},
		{http.MethodPost, "/api/v1/auth/login", "Log in with a form, and get a bearer token", s.work(s.postLogin)},
		{http.MethodGet, "/api/v1/users/me", "Read one's own account", s.work(s.getMe)},
		{http.MethodDelete, "/api/v1/users/me", "Delete one's own account", s.work(s.deleteMe)},
		{http.MethodGet, "/api/v1/items", "List the newest items", s.work(s.getItems)},
		{http.MethodPost, "/api/v1/items", "Add an item", s.work(s.postItem)},
		{http.MethodGet, "/api/v1/items/{item_id}", "Read an item", s.work(s.getItem)},
		{http.MethodPut, "/api/v1/items/{item_id}", "Change an item", s.work(s.putItem)},
		{http.MethodDelete, "/api/v1/items/{item_id}", "Delete an item", s.work(s.deleteItem)},
		{http.MethodGet, "/api/v1/orders", "List the newest orders", s.work(s.getOrders)},
		{http.MethodPost, "/api/v1/orders", "Order an item", s.work(s.postOrder)},
	}
}

// routes serves the operations, their description at /openapi.json, and errors
// in FastAPI's shape for everything else.
func (s *Service) routes() *http.ServeMux {
	mux := http.NewServeMux()
	allowed := map[string][]string{} // methods by path
	for _, o := range s.operations() {
		pattern := o.path
		if pattern == "/" {
			pattern = "/{$}"
		}
		mux.HandleFunc(o.method+" "+pattern, o.handle)
		allowed[pattern] = append(allowed[pattern], o.method)
	}
	for pattern, methods := range allowed {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			detail(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		})
	}
	mux.HandleFunc("GET /openapi.json", s.getOpenAPI)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { detail(w, http.StatusNotFound, "Not Found") })
	return mux
}

// getOpenAPI describes the operations, as every FastAPI application does.
func (s *Service) getOpenAPI(w http.ResponseWriter, _ *http.Request) {
	type described struct {
		Summary   string                       `json:"summary"`
		Responses map[string]map[string]string `json:"responses"`
	}
	paths := map[string]map[string]described{}
	for _, o := range s.operations() {
		if paths[o.path] == nil {
			paths[o.path] = map[string]described{}
		}
		paths[o.path][strings.ToLower(o.method)] = described{
			o.summary, map[string]map[string]string{"default": {"description": "JSON, or nothing"}},
		}
	}
	answer(w, http.StatusOK, struct {
		OpenAPI string            `json:"openapi"`
		Info    map[string]string `json:"info"`
		Paths   any               `json:"paths"`
	}{"3.1.0", map[string]string{"title": s.options.Name, "version": s.options.Version}, paths})
}

// work lets a request take its time, and fail when it is its turn to.
func (s *Service) work(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		latency, fails := s.condition.next()
		select {
		case <-time.After(latency):
		case <-r.Context().Done():
			return // nobody waits for it any more
		}
		if fails {
			detail(w, http.StatusInternalServerError, "Internal Server Error")
			return
		}
		h(w, r)
	}
}

func (s *Service) getRoot(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, struct {
		Message string `json:"message"`
		Version string `json:"version"`
	}{"Welcome to " + s.options.Name, s.options.Version})
}

func (s *Service) getVersion(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, struct {
		Version     string `json:"version"`
		Python      string `json:"python"`
		Environment string `json:"environment"`
		Slot        string `json:"slot"`
	}{s.options.Version, s.options.PythonVersion, s.options.Environment, s.options.Slot})
}

// getHealth answers 200 whatever it finds, as the service of the checklist
// does.
func (s *Service) getHealth(w http.ResponseWriter, r *http.Request) {
	const healthy, unhealthy = "healthy", "unhealthy"
	status := healthy
	checks := map[string]string{"database": healthy, "redis": healthy}
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	for name, check := range s.options.Checks {
		checks[name] = healthy
		if err := check(ctx); err != nil {
			checks[name] = unhealthy
			status = unhealthy
		}
	}
	if s.condition.is(Sick) {
		checks["database"] = unhealthy
		status = unhealthy
	}
	answer(w, http.StatusOK, struct {
		Status      string            `json:"status"`
		Environment string            `json:"environment"`
		Checks      map[string]string `json:"checks"`
	}{status, s.options.Environment, checks})
}

func (s *Service) getItems(w http.ResponseWriter, r *http.Request) {
	items, err := s.store.Items(r.Context(), maxListed)
	s.answer(w, http.StatusOK, items, err)
}

func (s *Service) postItem(w http.ResponseWriter, r *http.Request) {
	if i, ok := readItem(w, r); ok {
		i, err := s.store.AddItem(r.Context(), i)
		s.answer(w, http.StatusCreated, i, err)
	}
}

func (s *Service) getItem(w http.ResponseWriter, r *http.Request) {
	if id, ok := readID(w, r); ok {
		i, err := s.store.Item(r.Context(), id)
		s.answer(w, http.StatusOK, i, err)
	}
}

func (s *Service) putItem(w http.ResponseWriter, r *http.Request) {
	id, ok := readID(w, r)
	if !ok {
		return
	}
	if i, ok := readItem(w, r); ok {
		i.ID = id
		s.answer(w, http.StatusOK, i, s.store.ReplaceItem(r.Context(), i))
	}
}

func (s *Service) deleteItem(w http.ResponseWriter, r *http.Request) {
	if id, ok := readID(w, r); ok {
		s.answer(w, http.StatusNoContent, nil, s.store.DeleteItem(r.Context(), id))
	}
}

func (s *Service) getOrders(w http.ResponseWriter, r *http.Request) {
	orders, err := s.store.Orders(r.Context(), maxListed)
	s.answer(w, http.StatusOK, orders, err)
}

func (s *Service) postOrder(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ItemID   *int `json:"item_id"`
		Quantity *int `json:"quantity"`
	}
	if !readBody(w, r, &body) {
		return
	}
	var found faults
	found.body("item_id", body.ItemID == nil, "missing", "Field required")
	found.body("quantity", body.Quantity == nil, "missing", "Field required")
	found.body("quantity", body.Quantity != nil && (*body.Quantity < 1 || *body.Quantity > 1000), "range", "Must be between 1 and 1000")
	if !found.answered(w) {
		o, err := s.store.AddOrder(r.Context(), *body.ItemID, *body.Quantity)
		s.answer(w, http.StatusCreated, o, err)
	}
}

// answer writes what the store gave, or what its error means. The values are
// of items: nobody else's errors mean that one is missing.
func (s *Service) answer(w http.ResponseWriter, status int, v any, err error) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		detail(w, http.StatusNotFound, "Item not found")
	case err != nil:
		s.failed(w, err)
	case status == http.StatusNoContent:
		w.WriteHeader(status)
	default:
		answer(w, status, v)
	}
}

// failed answers that the service could not do its work.
func (s *Service) failed(w http.ResponseWriter, err error) {
	s.logger.Error("a request failed", "err", err)
	detail(w, http.StatusInternalServerError, "Internal Server Error")
}

// readID reads the item's id from the path, or answers what is wrong with it.
func readID(w http.ResponseWriter, r *http.Request) (int, bool) {
	id, err := strconv.Atoi(r.PathValue("item_id"))
	if err != nil {
		faults{{"int_parsing", []string{"path", "item_id"}, "Must be a whole number"}}.answered(w)
	}
	return id, err == nil
}

// readItem reads an item from the body, or answers what is wrong with it.
func readItem(w http.ResponseWriter, r *http.Request) (store.Item, bool) {
	var body struct {
		Name  *string  `json:"name"`
		Price *float64 `json:"price"`
	}
	if !readBody(w, r, &body) {
		return store.Item{}, false
	}
	var found faults
	found.text("name", body.Name, 1, 200)
	found.body("price", body.Price == nil, "missing", "Field required")
	found.body("price", body.Price != nil && (*body.Price < 0 || *body.Price > 1e6), "range", "Must be between 0 and 1000000")
	if found.answered(w) {
		return store.Item{}, false
	}
	return store.Item{Name: *body.Name, Price: *body.Price}, true
}

// readBody reads a JSON object into v, or answers what is wrong with it.
func readBody(w http.ResponseWriter, r *http.Request, v any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		detail(w, http.StatusRequestEntityTooLarge, "Request too large")
	case err != nil:
		detail(w, http.StatusBadRequest, "The body broke off")
	case json.Unmarshal(body, v) != nil:
		faults{{"json_invalid", []string{"body"}, "The body is not the JSON it should be"}}.answered(w)
	default:
		return true
	}
	return false
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "encoding failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nobody to tell
}

// detail answers an error in the shape of FastAPI.
func detail(w http.ResponseWriter, status int, text string) {
	answer(w, status, struct {
		Detail string `json:"detail"`
	}{text})
}

// fault is one thing that Pydantic would refuse: by which rule, where, and a
// sentence.
type fault struct {
	Type     string   `json:"type"`
	Location []string `json:"loc"`
	Message  string   `json:"msg"`
}

// faults are all that is wrong with a request.
type faults []fault

// body adds a fault of a field of the body, if it is one.
func (f *faults) body(field string, wrong bool, rule, sentence string) {
	if wrong {
		*f = append(*f, fault{rule, []string{"body", field}, sentence})
	}
}

// text wants a field to be there and to have from least to most bytes.
func (f *faults) text(field string, value *string, least, most int) {
	f.body(field, value == nil, "missing", "Field required")
	f.body(field, value != nil && (len(*value) < least || len(*value) > most), "string_length",
		fmt.Sprintf("Must have %d to %d bytes", least, most))
}

// answered answers 422 if there are any.
func (f faults) answered(w http.ResponseWriter) bool {
	if len(f) == 0 {
		return false
	}
	answer(w, http.StatusUnprocessableEntity, struct {
		Detail faults `json:"detail"`
	}{f})
	return true
}
