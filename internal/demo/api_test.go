package demo

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
)

func newAnswer(l life, path, accept string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", accept)
	l.ServeHTTP(w, r)
	return w
}

func TestAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(Candidate())
		for _, c := range []struct {
			method, path, body string
			status             int
			want               string
		}{
			{"GET", "/", "", 200, `{"message":"Welcome to sample-api","version":"2.4.0"}`},
			{"GET", "/health", "", 200, `{"status":"healthy","environment":"production","checks":{"database":"healthy","redis":"healthy"}}`},
			{"GET", "/api/v1/version", "", 200, `{"version":"2.4.0","python":"3.13.0","environment":"production","slot":"green"}`},
			{"GET", "/api/v1/items", "", 200, `[{"id":3,"name":"Table","price":310},{"id":2,"name":"Chair","price":120},{"id":1,"name":"Lamp","price":39.5}]`},
			{"POST", "/api/v1/items", `{"name":"Stool","price":45}`, 201, `{"id":4,"name":"Stool","price":45}`},
			{"GET", "/api/v1/items/4", "", 200, `{"id":4,"name":"Stool","price":45}`},
			{"PUT", "/api/v1/items/4", `{"name":"Stool","price":40}`, 200, `{"id":4,"name":"Stool","price":40}`},
			{"GET", "/api/v1/items/4", "", 200, `{"id":4,"name":"Stool","price":40}`},
			{"POST", "/api/v1/orders", `{"item_id":4,"quantity":3}`, 201, `{"id":5,"item_id":4,"quantity":3,"total":120}`},
			{"POST", "/api/v1/orders", `{"item_id":1,"quantity":1}`, 201, `{"id":6,"item_id":1,"quantity":1,"total":39.5}`},
			{"GET", "/api/v1/orders", "", 200, `[{"id":6,"item_id":1,"quantity":1,"total":39.5},{"id":5,"item_id":4,"quantity":3,"total":120}]`},
			{"DELETE", "/api/v1/items/4", "", 204, ""},
			{"DELETE", "/api/v1/items/4", "", 404, `{"detail":"Item not found"}`},
			{"GET", "/api/v1/items/4", "", 404, `{"detail":"Item not found"}`},
			{"PUT", "/api/v1/items/4", `{"name":"Stool","price":40}`, 404, `{"detail":"Item not found"}`},
			{"POST", "/api/v1/orders", `{"item_id":4,"quantity":3}`, 404, `{"detail":"Item not found"}`},
			{"GET", "/api/v1/items/four", "", 422, `{"detail":[{"type":"int_parsing","loc":["path","item_id"],"msg":"Must be a whole number"}]}`},
			{"PUT", "/api/v1/items/four", `{}`, 422, `{"detail":[{"type":"int_parsing","loc":["path","item_id"],"msg":"Must be a whole number"}]}`},
			{"POST", "/api/v1/items", `{"price":1}`, 422, `{"detail":[{"type":"missing","loc":["body","name"],"msg":"Field required"}]}`},
			{"POST", "/api/v1/items", `{"name":"Stool"}`, 422, `{"detail":[{"type":"missing","loc":["body","price"],"msg":"Field required"}]}`},
			{"POST", "/api/v1/items", `{"name":"","price":1}`, 422, `{"detail":[{"type":"string_length","loc":["body","name"],"msg":"Must have 1 to 200 bytes"}]}`},
			{"POST", "/api/v1/items", `{"name":"Stool","price":-1}`, 422, `{"detail":[{"type":"range","loc":["body","price"],"msg":"Must be between 0 and 1000000"}]}`},
			{"POST", "/api/v1/items", `{"name":`, 422, `{"detail":[{"type":"json_invalid","loc":["body"],"msg":"The body is not the JSON it should be"}]}`},
			{"POST", "/api/v1/items", strings.Repeat(" ", 65<<10), 413, `{"detail":"Request too large"}`},
			{"POST", "/api/v1/orders", `{"quantity":1}`, 422, `{"detail":[{"type":"missing","loc":["body","item_id"],"msg":"Field required"}]}`},
			{"POST", "/api/v1/orders", `{"item_id":1}`, 422, `{"detail":[{"type":"missing","loc":["body","quantity"],"msg":"Field required"}]}`},
			{"POST", "/api/v1/orders", `{"item_id":1,"quantity":0}`, 422, `{"detail":[{"type":"range","loc":["body","quantity"],"msg":"Must be between 1 and 1000"}]}`},
			{"POST", "/api/v1/items", `{}`, 422, `{"detail":[{"type":"missing","loc":["body","name"],"msg":"Field required"},{"type":"missing","loc":["body","price"],"msg":"Field required"}]}`},
			{"GET", "/nowhere", "", 404, `{"detail":"Not Found"}`},
			{"PATCH", "/api/v1/items", "", 405, `{"detail":"Method Not Allowed"}`},
			{"POST", "/", "", 405, `{"detail":"Method Not Allowed"}`},
		} {
			if status, got := l.ask(c.method, c.path, c.body); status != c.status || got != c.want {
				t.Errorf("%s %s %.60s\n got %d %s\nwant %d %s", c.method, c.path, c.body, status, got, c.status, c.want)
			}
		}
	})
}

func TestHealthAsksItsChecks(t *testing.T) {
	var broken error
	o := Baseline()
	o.Checks = map[string]func(context.Context) error{"redis": func(context.Context) error { return broken }}
	l := live(o)
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, `{"status":"healthy","environment":"production","checks":{"database":"healthy","redis":"healthy"}}`},
		{errors.New("redis://:hunter2@cache refused"), `{"status":"unhealthy","environment":"production","checks":{"database":"healthy","redis":"unhealthy"}}`},
	} {
		broken = c.err
		if status, got := l.ask("GET", "/health", ""); status != 200 || got != c.want {
			t.Errorf("got %d %s, want 200 %s", status, got, c.want)
		}
	}
}
