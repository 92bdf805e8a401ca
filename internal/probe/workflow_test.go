package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shop is a service with users and items, in memory.
type shop struct {
	mu     sync.Mutex
	users  map[string]string // name → password
	tokens map[string]string // token → name
	items  map[string]string // id → name
	next   int
	broken func(r *http.Request) bool // answers 500
	onItem func()                     // after an item was made
}

func newShop() *shop {
	return &shop{users: map[string]string{}, tokens: map[string]string{}, items: map[string]string{}, next: 9_007_199_254_740_993}
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var body struct{ Name, Password string }
	if r.Header.Get("Content-Type") == "application/json" {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
	}
	_, id, _ := strings.Cut(r.URL.EscapedPath(), "/items/")
	route := r.Method + " " + strings.TrimSuffix(r.URL.Path, id)
	if s.broken != nil && s.broken(r) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = fmt.Fprintf(w, `{"detail": "token %s of %s"}`, r.Header.Get("Authorization"), r.Header.Get("Cookie"))
		return
	}
	if user := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; user == "" && route != "POST /register" && route != "POST /login" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch route {
	case "POST /register":
		s.users[body.Name] = body.Password
		w.WriteHeader(http.StatusCreated)
	case "POST /login":
		name := r.FormValue("username")
		if s.users[name] == "" || s.users[name] != r.FormValue("password") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		token := fmt.Sprintf("token-%d-%s", len(s.tokens), planted)
		s.tokens[token] = name
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "cookie-" + planted})
		_, _ = fmt.Fprintf(w, `{"access_token": %q}`, token)
	case "POST /items":
		s.next++
		id := strconv.Itoa(s.next)
		s.items[id] = body.Name
		_, _ = fmt.Fprintf(w, `{"id": %s, "name": %q}`, id, body.Name)
		if s.onItem != nil {
			s.onItem()
		}
	case "GET /items":
		var all []string
		for id, name := range s.items {
			all = append(all, fmt.Sprintf(`{"id": %s, "name": %q}`, id, name))
		}
		_, _ = io.WriteString(w, "["+strings.Join(all, ",")+"]")
	case "GET /items/", "PUT /items/", "DELETE /items/":
		name, there := s.items[id]
		switch {
		case !there:
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodDelete:
			delete(s.items, id)
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodPut:
			s.items[id] = body.Name
			_, _ = fmt.Fprintf(w, `{"id": %s, "name": %q}`, id, body.Name)
		default:
			_, _ = fmt.Fprintf(w, `{"id": %s, "name": %q}`, id, name)
		}
	case "DELETE /me":
		delete(s.users, s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")])
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *shop) left() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []string
	for name := range s.users {
		left = append(left, name)
	}
	for _, name := range s.items {
		left = append(left, name)
	}
	slices.Sort(left)
	return left
}

// journey is the whole conversation with a shop.
func journey(url string) Workflow {
	return Workflow{
		Target: url,
		Values: map[string]string{"user": `${key}" & sons`, "password": "p/${key}?%\"", "title": "${user}/1"},
		Steps: []Step{
			{Name: "register", Request: Request{Method: "POST", Path: "/register", Body: `{"name": "${user}", "password": ${password}}`, Expect: Expect{Status: []string{"201"}}}},
			{Name: "log in", Request: Request{Path: "/login", Form: map[string]string{"username": "${user}", "password": "${password}"}},
				Capture: map[string]string{"token": "$.access_token"}},
			{Name: "list", Request: Request{Path: "/items?limit=100&by=${key}", Bearer: "${token}"},
				Capture: map[string]string{"old": "json.filter(i, stale(i.name)).map(i, i.id)"}},
			{Name: "sweep", Request: Request{Method: "DELETE", Path: "/items/${item}", Bearer: "${token}"}, ForEach: "old"},
			{Name: "create", Request: Request{Path: "/items", Bearer: "${token}", Body: `{"name": "${title}"}`},
				Capture: map[string]string{"id": "json.id"}, Show: []string{"id"}},
			{Name: "read", Request: Request{Path: "/items/${id}", Bearer: "${token}", Expect: Expect{CEL: []string{
				"json.id == captured.id && json.name == captured.title && json.name.startsWith(key)"}}}},
			{Name: "update", Request: Request{Method: "PUT", Path: "/items/${id}", Bearer: "${token}", Body: `{"name": "${key} sold for $${price}"}`,
				Expect: Expect{CEL: []string{"json.name == key + ' sold for ${price}'"}}}},
			{Name: "delete", Request: Request{Method: "DELETE", Path: "/items/${id}", Bearer: "${token}", Expect: Expect{Status: []string{"204"}}}},
			{Name: "confirm", Request: Request{Path: "/items/${id}", Bearer: "${token}", Expect: Expect{Status: []string{"404"}}}},
		},
		Cleanup: []Step{
			{Name: "delete the item", Request: Request{Method: "DELETE", Path: "/items/${id}", Bearer: "${token}"}},
			{Name: "delete the user", Request: Request{Method: "DELETE", Path: "/me", Bearer: "${token}"}},
		},
		Writes: true,
	}
}

func TestWorkflow(t *testing.T) {
	service := newShop()
	stale, fresh := newKey(time.Now().Add(-time.Hour)), newKey(time.Now())
	service.items = map[string]string{"1": stale, "2": "of " + stale + " too", "3": fresh, "4": "somebody's"}
	got := outcome(t.Context(), t, journey(serve(t, service.ServeHTTP)))
	if !got.Passed() {
		t.Fatalf("%s\n%s", got.Reason, got.Detail)
	}
	var phases []string
	for _, p := range got.Phases {
		phases = append(phases, p.Name)
		if p.Duration <= 0 {
			t.Errorf("%s took %v", p.Name, p.Duration)
		}
	}
	if diff := cmp.Diff([]string{"register", "log in", "list", "sweep", "create", "read", "update", "delete", "confirm", "delete the item", "delete the user"}, phases); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{fresh, "somebody's"}, service.left()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// TestWorkflowCleansUp breaks the shop at each step in turn, and ends the time
// of a run in the middle.
func TestWorkflowCleansUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken func(r *http.Request) bool
		want   string
	}{
		{"register", func(r *http.Request) bool { return r.URL.Path == "/register" }, "register: HTTP 500, expected 201"},
		{"create", func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/items" }, "create: HTTP 500"},
		{"read", func(r *http.Request) bool {
			return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/items/")
		}, "read: HTTP 500"},
		{"update", func(r *http.Request) bool { return r.Method == http.MethodPut }, "update: HTTP 500"},
		{"leave", func(r *http.Request) bool { return r.URL.Path == "/me" }, "delete the user: HTTP 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := newShop()
			service.broken = c.broken
			got := outcome(t.Context(), t, journey(serve(t, service.ServeHTTP)))
			if got.Reason != c.want {
				t.Errorf("got %q, want %q", got.Reason, c.want)
			}
			if strings.Contains(got.Detail, planted) || !strings.Contains(got.Detail, "\nHTTP/1.1 500 Internal Server Error\n") {
				t.Errorf("detail:\n%s", got.Detail)
			}
			if left := service.left(); len(left) > 0 && c.name != "leave" {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	t.Run("time over", func(t *testing.T) {
		service := newShop()
		ctx, cancel := context.WithCancel(t.Context())
		service.onItem = cancel // before the answer arrives: nobody learns the id
		w := journey(serve(t, service.ServeHTTP))
		if got := outcome(ctx, t, w); got.Passed() || len(service.users) > 0 {
			t.Errorf("reason %q, users %v", got.Reason, service.users)
		}
		for id := range service.items { // an hour later
			service.items[id] = newKey(time.Now().Add(-time.Hour))
		}
		service.onItem = nil
		if got := outcome(t.Context(), t, w); !got.Passed() {
			t.Error(got.Reason)
		}
		if left := service.left(); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestWorkflowSettings(t *testing.T) {
	step := func(name, path string, capture map[string]string) Step {
		return Step{Name: name, Request: Request{Path: path}, Capture: capture}
	}
	for _, c := range []struct {
		name string
		w    Workflow
		want string
	}{
		{"nothing", Workflow{}, "steps: are missing"},
		{"values in a loop", Workflow{Values: map[string]string{"a": "${b}", "b": "x${c}", "c": "${a}"}, Steps: []Step{step("one", "/", nil)}},
			"values.c: a loop: a → b → c → a"},
		{"a value of itself", Workflow{Values: map[string]string{"a": "${a}"}, Steps: []Step{step("one", "/", nil)}},
			"values.a: a loop: a → a"},
		{"unknown value", Workflow{Values: map[string]string{"a": "${b}"}, Steps: []Step{step("one", "/", nil)}},
			"values.a: uses ${b}, which is no value"},
		{"captures in a loop", Workflow{Steps: []Step{
			step("one", "/${b}", map[string]string{"a": "json.a"}), step("two", "/${a}", map[string]string{"b": "json.b"})}},
			"steps[0]: a loop in what steps capture: one needs two needs one"},
		{"a step of itself", Workflow{Steps: []Step{step("one", "/${a}", map[string]string{"a": "json.a"})}},
			"steps[0]: a loop in what steps capture: one needs one"},
		{"too early", Workflow{Steps: []Step{step("one", "/${b}", nil), step("two", "/", map[string]string{"b": "json.b"})}},
			"steps[0]: uses b, which only the later step two captures"},
		{"too early in CEL", Workflow{Steps: []Step{
			{Name: "one", Request: Request{Expect: Expect{CEL: []string{"captured.b == 1"}}}}, step("two", "/", map[string]string{"b": "captured['c']"})}},
			"steps[0]: uses b, which only the later step two captures\nsteps[1]: uses c, which is neither a value nor captured before"},
		{"unknown", Workflow{Steps: []Step{step("one", "/${nobody}", nil)}, Cleanup: []Step{step("two", "/${me}", nil)}},
			"steps[0]: uses nobody, which is neither a value nor captured before\ncleanup[0]: uses me, which is neither a value nor captured before"},
		{"no names", Workflow{Values: map[string]string{"key": "x"}, Steps: []Step{step("", "/${a b}", map[string]string{"item": "1"}), {Name: "x", Show: []string{"y"}}, {Name: "x"}}},
			"values.key: is no name: use letters, digits and _, but not key or item\nsteps[0].name: is missing\n" +
				"steps[0].path: has a ${…} that is no name: use letters, digits and _\n" +
				"steps[0].capture.item: is no name: use letters, digits and _, but not key or item\n" +
				"steps[1].show[0]: is not captured here\nsteps[2].name: two steps are named x"},
		{"writes", Workflow{Steps: []Step{{Name: "one", Request: Request{Method: "DELETE"}}}},
			"steps[0].method: writes, which is not allowed here: set read_only if it changes nothing"},
		{"wildcard", Workflow{Steps: []Step{step("one", "/", map[string]string{"a": "$.items[*].id"})}},
			"steps[0].capture.a: is no path of names and indexes, such as $.items[0].id; write CEL for more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.w.Target = "http://localhost"
			_, err := c.w.Compile()
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestCapturedValuesStayInTheirPlace has a target answer what would change
// requests if it were taken as it is.
func TestCapturedValuesStayInTheirPlace(t *testing.T) {
	for _, c := range []struct {
		value  any
		reason string // of the step that uses it
	}{
		{`x/../../admin?all=1#a b%2F`, ""},
		{`","admin":true,"x":"\u0000`, ""},
		{"a&admin=1;b=2", ""},
		{"..", "use: ${evil} would change the path"},
		{"", "use: ${evil} would change the path"},
		{"x\r\nAdmin: 1", "use: ${evil} does not fit into a header"},
		{map[string]any{"a": []any{1.5, nil}}, ""},
		{json.Number("12345678901234567"), ""},
	} {
		var used *http.Request
		var body string
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/evil" {
				_ = json.NewEncoder(w).Encode(map[string]any{"evil": c.value})
				return
			}
			used = r
			b, _ := io.ReadAll(r.Body)
			body = string(b)
		})
		got := outcome(t.Context(), t, Workflow{Target: url, Writes: true, Steps: []Step{
			{Name: "get", Request: Request{Path: "/evil"}, Capture: map[string]string{"evil": "json.evil"}},
			{Name: "use", Request: Request{Path: "/use/${evil}/end?q=${evil}", Headers: map[string]string{"X-Value": "${evil}"},
				Body: `{"text": "is ${evil}", "value": ${evil}}`}},
		}})
		if got.Reason != c.reason {
			t.Errorf("%v: got %q, want %q", c.value, got.Reason, c.reason)
		}
		if c.reason != "" {
			continue
		}
		text := plain(mustJSON(t, c.value))
		want := map[string]any{"text": "is " + text, "value": mustJSON(t, c.value)}
		if diff := cmp.Diff(want, mustJSON(t, json.RawMessage(body))); diff != "" {
			t.Errorf("%v: body (-want +got):\n%s", c.value, diff)
		}
		if used.URL.Path != "/use/"+text+"/end" || used.URL.RawQuery == "" || used.URL.Query().Get("q") != text ||
			len(used.URL.Query()) != 1 || used.Header.Get("X-Value") != text || used.Header.Get("Admin") != "" {
			t.Errorf("%v: asked for %s with %v", c.value, used.URL, used.Header)
		}
	}
}

// mustJSON is a value after a way through JSON.
func mustJSON(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := decodeJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}
