package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	maxRequest = 64 << 10 // bytes of a body
	maxListed  = 20       // entries of a list
	checkTime  = 2 * time.Second
)

// routes is the service's API. Its patterns are the routes that the metrics
// name.
func (s *Service) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", s.getHealth)
	mux.HandleFunc("GET /api/v1/version", s.getVersion)
	mux.HandleFunc("GET /{$}", s.work(s.getRoot))
	mux.HandleFunc("GET /api/v1/items", s.work(s.getItems))
	mux.HandleFunc("POST /api/v1/items", s.work(s.postItem))
	mux.HandleFunc("GET /api/v1/items/{item_id}", s.work(s.getItem))
	mux.HandleFunc("PUT /api/v1/items/{item_id}", s.work(s.putItem))
	mux.HandleFunc("DELETE /api/v1/items/{item_id}", s.work(s.deleteItem))
	mux.HandleFunc("GET /api/v1/orders", s.work(s.getOrders))
	mux.HandleFunc("POST /api/v1/orders", s.work(s.postOrder))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { detail(w, http.StatusNotFound, "Not Found") })
	return mux
}

// work lets a request take its time, and fail when it is its turn to.
func (s *Service) work(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		latency, fails := s.condition.next()
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-timer.C:
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

func (s *Service) getItems(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.store.listItems(maxListed))
}

func (s *Service) postItem(w http.ResponseWriter, r *http.Request) {
	if i, ok := readItem(w, r); ok {
		answer(w, http.StatusCreated, s.store.addItem(i))
	}
}

func (s *Service) getItem(w http.ResponseWriter, r *http.Request) {
	id, ok := readID(w, r)
	if !ok {
		return
	}
	if i, ok := s.store.item(id); ok {
		answer(w, http.StatusOK, i)
		return
	}
	detail(w, http.StatusNotFound, "Item not found")
}

func (s *Service) putItem(w http.ResponseWriter, r *http.Request) {
	id, ok := readID(w, r)
	if !ok {
		return
	}
	i, ok := readItem(w, r)
	if !ok {
		return
	}
	i.ID = id
	if s.store.replaceItem(i) {
		answer(w, http.StatusOK, i)
		return
	}
	detail(w, http.StatusNotFound, "Item not found")
}

func (s *Service) deleteItem(w http.ResponseWriter, r *http.Request) {
	id, ok := readID(w, r)
	if !ok {
		return
	}
	if s.store.deleteItem(id) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	detail(w, http.StatusNotFound, "Item not found")
}

func (s *Service) getOrders(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.store.listOrders(maxListed))
}

func (s *Service) postOrder(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ItemID   *int `json:"item_id"`
		Quantity *int `json:"quantity"`
	}
	if !readBody(w, r, &body) {
		return
	}
	switch {
	case body.ItemID == nil:
		invalid(w, "missing", "item_id", "Field required")
		return
	case body.Quantity == nil:
		invalid(w, "missing", "quantity", "Field required")
		return
	case *body.Quantity < 1 || *body.Quantity > 1000:
		invalid(w, "range", "quantity", "Must be between 1 and 1000")
		return
	}
	if o, ok := s.store.addOrder(*body.ItemID, *body.Quantity); ok {
		answer(w, http.StatusCreated, o)
		return
	}
	detail(w, http.StatusNotFound, "Item not found")
}

// readID reads the item's id from the path, or answers what is wrong with it.
func readID(w http.ResponseWriter, r *http.Request) (int, bool) {
	id, err := strconv.Atoi(r.PathValue("item_id"))
	if err != nil {
		invalid(w, "int_parsing", "item_id", "Must be a whole number")
	}
	return id, err == nil
}

// readItem reads an item from the body, or answers what is wrong with it.
func readItem(w http.ResponseWriter, r *http.Request) (item, bool) {
	var body struct {
		Name  *string  `json:"name"`
		Price *float64 `json:"price"`
	}
	if !readBody(w, r, &body) {
		return item{}, false
	}
	switch {
	case body.Name == nil:
		invalid(w, "missing", "name", "Field required")
	case body.Price == nil:
		invalid(w, "missing", "price", "Field required")
	case *body.Name == "" || len(*body.Name) > 200:
		invalid(w, "string_length", "name", "Must have 1 to 200 bytes")
	case *body.Price < 0 || *body.Price > 1e6:
		invalid(w, "range", "price", "Must be between 0 and 1000000")
	default:
		return item{Name: *body.Name, Price: *body.Price}, true
	}
	return item{}, false
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
		invalid(w, "json_invalid", "", "The body is not the JSON it should be")
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

// invalid answers 422 in the shape of Pydantic: the kind of fault, the field,
// and a sentence.
func invalid(w http.ResponseWriter, kind, field, sentence string) {
	type fault struct {
		Type     string   `json:"type"`
		Location []string `json:"loc"`
		Message  string   `json:"msg"`
	}
	location := []string{"body"}
	if field != "" {
		location = append(location, field)
	}
	answer(w, http.StatusUnprocessableEntity, struct {
		Detail []fault `json:"detail"`
	}{[]fault{{kind, location, sentence}}})
}
